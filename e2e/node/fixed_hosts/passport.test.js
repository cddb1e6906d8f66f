// passport-dingtalk2's own strategy.
'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const { logIn } = require('./browser');
const { Strategy } = require('passport-dingtalk2');

function strategy() {
  return new Strategy({
    clientID: 'dingsampleappkey01', clientSecret: 'sample-app-secret-0001', callbackURL: process.env.MINGCE_BACK,
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
    s.authenticate({ query, url: '/', headers: {}, connection: {} }, { state: 's1' });
  });
}

test('passport-dingtalk2: a person is logged in', async () => {
  const back = await logIn((await act({})).to, '023420013645');
  assert.equal(back.searchParams.get('state'), 's1');
  const { user } = await act({ authCode: back.searchParams.get('authCode') });
  assert.equal(user.name, '王芳');
  assert.ok(user.privateId, 'a unionId');
  assert.equal(user.cropId, 'ding87654321');
});

test('passport-dingtalk2: a code works once', async () => {
  const back = await logIn((await act({})).to, '023420013644');
  const query = { authCode: back.searchParams.get('authCode') };
  assert.equal((await act({ ...query })).user.name, '李强');
  await assert.rejects(act({ ...query }));
});
