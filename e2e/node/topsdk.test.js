'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const TopClient = require('topsdk');
const sample = require('./sample');

function client(secret = sample.top.secret) {
  return new TopClient(sample.top.key, secret, { endpoint: `${sample.url}/router/rest`, useValidators: false });
}

function update(contact, type) {
  return client().execute('dingtalk.corp.extcontact.update',
    { session: sample.token, contact: JSON.stringify(contact) }, type);
}

for (const type of ['post', 'get']) {
  test(`topsdk: update by ${type}, signed`, async () => {
    const answer = await update(sample.externalContact(`topsdk ${type}`), type);
    assert.deepEqual(answer.result, { ding_open_errcode: 0, error_msg: '成功', success: true });
    assert.match(answer.request_id, /^[0-9a-z]{12,13}$/);
  });
}

test('topsdk: create, then get', async () => {
  const created = await client().execute('dingtalk.corp.extcontact.create', {
    session: sample.token,
    contact: JSON.stringify({
      name: '李四', state_code: '86', mobile: '13800000071', label_ids: [2], follower_user_id: '023420013644',
    }),
  });
  assert.equal(created.result.success, true);

  const got = await client().execute('dingtalk.corp.extcontact.get',
    { session: sample.token, user_id: created.result.userid });
  assert.equal(got.result.result.name, '李四');
  assert.equal(got.result.result.mobile, '13800000071');
  assert.deepEqual(got.result.result.label_ids, { number: [2] });
});

test('topsdk: a failure of the business is an answer', async () => {
  const answer = await update({ ...sample.externalContact('x'), user_id: '1' });
  assert.equal(answer.result.success, false);
  assert.equal(answer.result.ding_open_errcode, 40003);
});

test('topsdk: wrong secret', async () => {
  const call = client('wrong').execute('dingtalk.corp.extcontact.get', { session: sample.token, user_id: '123420013632' });
  await assert.rejects(call, { name: 'TOPClientError', code: 25, message: /Invalid signature/ });
});

test('topsdk: contact that is no JSON', async () => {
  const call = client().execute('dingtalk.corp.extcontact.update', { session: sample.token, contact: '{' });
  await assert.rejects(call, { code: 50, sub_code: 'isv.invalid-parameter', message: /非法参数/ });
});

// Given an object, this client signs `[object Object]` and sends JSON.
test('topsdk: a signature over other bytes than those sent is refused', async () => {
  const call = client().execute('dingtalk.corp.extcontact.update',
    { session: sample.token, contact: sample.externalContact('unsigned') });
  await assert.rejects(call, { code: 25 });
});
