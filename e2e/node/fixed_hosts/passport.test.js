// passport-dingtalk's own strategy: in-app login by corp id, /gettoken with the app's secret,
// /user/getuserinfo and /user/get.
'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const { logIn } = require('./browser');
const { Strategy } = require('passport-dingtalk');

function strategy() {
  return new Strategy({
    clientID: 'ding87654321', clientSecret: 'sample-app-secret-0001', callbackURL: process.env.MINGCE_BACK,
  }, (accessToken, refreshToken, profile, done) => done(null, profile));
}

// act runs the strategy on a request and returns what it decided.
function act(query) {
  return new Promise((resolve, reject) => {
    const s = strategy();
    s.success = (user) => resolve({ user });
    s.fail = (challenge) => reject(new Error(`refused: ${JSON.stringify(challenge)}`));
    s.error = reject;
    s.redirect = (to) => resolve({ to });
    s.authenticate({ query, url: '/', headers: {}, connection: {} }, { scope: ['snsapi_base'], state: 's1' });
  });
}

test('a person is logged in', async () => {
  const { to } = await act({});
  const back = await logIn(to, '023420013645');
  assert.equal(back.searchParams.get('state'), 's1');
  const { user } = await act({ code: back.searchParams.get('code') });
  assert.equal(user.name, '王芳');
  assert.equal(user.privateId, '023420013645');
  assert.ok(user.id, 'an openId');
});

test('a code works once', async () => {
  const back = await logIn((await act({})).to, '023420013644');
  const query = { code: back.searchParams.get('code') };
  assert.equal((await act(query)).user.name, '李强');
  const again = await act(query);
  assert.equal(again.user.name, undefined);
});
