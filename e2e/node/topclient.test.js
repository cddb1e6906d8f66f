'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { default: TopClient } = require('node-taobao-topclient');
const sample = require('./sample');

function client(secret = sample.top.secret) {
  return new TopClient({ appkey: sample.top.key, appsecret: secret, REST_URL: `${sample.url}/router/rest` });
}

for (const method of ['POST', 'GET']) {
  test(`node-taobao-topclient: update and get by ${method}, signed`, async () => {
    const answer = await client().execute('dingtalk.corp.extcontact.update',
      { session: sample.token, contact: JSON.stringify(sample.externalContact(`topclient ${method}`)) }, method);
    assert.deepEqual(answer.result, { ding_open_errcode: 0, error_msg: '成功', success: true });

    const got = await client().execute('dingtalk.corp.extcontact.get',
      { session: sample.token, user_id: '123420013632' }, method);
    assert.equal(got.result.result.userid, '123420013632');
    assert.equal(got.result.result.name, '张三');
  });
}

test('node-taobao-topclient: unknown token', async () => {
  const call = client().execute('dingtalk.corp.extcontact.get', { session: 'no-such-token', user_id: '123420013632' });
  await assert.rejects(call, { name: 'TOPClientError', code: 88, sub_code: '40014' });
});

test('node-taobao-topclient: wrong secret', async () => {
  const call = client('wrong').execute('dingtalk.corp.extcontact.get', { session: sample.token, user_id: '123420013632' });
  await assert.rejects(call, { name: 'TOPClientError', code: 25 });
});
