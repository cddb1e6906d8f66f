'use strict';

const assert = require('node:assert/strict');
const http = require('node:http');
const { once } = require('node:events');
const { test } = require('node:test');
const DingTalkEncryptor = require('dingtalk-encrypt');
const sample = require('./sample');

const token = 'mingceToken123';
const aesKey = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFE';

// The worked example of the specification, read and written by the client.
test('dingtalk-encrypt: the worked example', () => {
  const encryptor = new DingTalkEncryptor(token, aesKey, 'dingappkey0000000001');
  const encrypted = 'Q3stYC6hdFzMh9T8HCvyDLV8JeomtQuxZLosYEI28mjzSD5UpK2hp0QUc4H6M/N5WY7q4yoCwuRvgvxJtXYiI2hRWe8/ZTsG1ydYhcCPhcSbz8zR51LVGTeaKE/N9dzE';
  assert.equal(encryptor.getDecryptMsg('91c813fade3b788e853a4ac3e9795f9d1b0cad54', '1783603075000', 'Nonce0123456789A', encrypted),
    '{"EventType":"check_url"}');
  assert.equal(encryptor.encrypt('0123456789abcdef', 'success'),
    'Q3stYC6hdFzMh9T8HCvyDPAmVUAR9ZeRhlEwYP+nuED+Ok64X1P0B0neRZR54gK84XY1FUpub3Z0CIOivoAWsg==');
});

// A receiver like the one on the client's page. Events are in the order in which they were taken.
async function receive(t) {
  const encryptor = new DingTalkEncryptor(token, aesKey, sample.corpA);
  const events = [];
  const waiting = [];
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (part) => { body += part; });
    request.on('end', () => {
      const query = new URL(request.url, 'http://localhost').searchParams;
      const text = encryptor.getDecryptMsg(query.get('signature'), query.get('timestamp'), query.get('nonce'), JSON.parse(body).encrypt);
      assert.equal(query.get('msg_signature'), query.get('signature'));
      events.push(JSON.parse(text));
      while (waiting.length > 0) waiting.shift()();
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(encryptor.getEncryptedMap('success', Date.now(), 'nonce123')));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return {
    url: `http://127.0.0.1:${server.address().port}/callback?key=value`,
    events,
    async next(type, matches) {
      for (;;) {
        const found = events.find((e) => e.EventType === type && matches(e));
        if (found) return found;
        await new Promise((resolve) => { waiting.push(resolve); });
      }
    },
  };
}

async function call(method, path, body) {
  const response = await fetch(`${sample.url}${path}?access_token=${sample.token}`, {
    method, headers: { 'Content-Type': 'application/json' }, body: body && JSON.stringify(body),
  });
  return response.json();
}

test('dingtalk-encrypt: events of a contact and an employee', { timeout: 30000 }, async (t) => {
  const receiver = await receive(t);
  await call('GET', '/call_back/delete_call_back');
  const tags = ['user_add_org', 'user_leave_org', 'contact_add_org', 'contact_leave_org'];
  const registered = await call('POST', '/call_back/register_call_back', { call_back_tag: tags, token, aes_key: aesKey, url: receiver.url });
  assert.equal(registered.errcode, 0, registered.errmsg);
  assert.deepEqual(receiver.events, [{ EventType: 'check_url' }]);

  const kept = await call('GET', '/call_back/get_call_back');
  assert.deepEqual([kept.call_back_tag, kept.token, kept.aes_key, kept.url], [tags, token, aesKey, receiver.url]);

  const mobile = `139${String(Date.now()).slice(-8)}`;
  const contact = await call('POST', '/topapi/extcontact/create', {
    contact: { name: '李四 100%', label_ids: [1], follower_user_id: '023420013645', state_code: '86', mobile },
  });
  assert.equal(contact.errcode, 0, contact.errmsg);
  const added = await receiver.next('contact_add_org', (e) => e.userId === contact.userid);
  assert.equal(added.CorpId, sample.corpA);
  assert.equal(added.name, '李四 100%');
  assert.equal(added.mobile, mobile);
  assert.deepEqual(added.labelIds, [1]);
  assert.equal(added.TimeStamp, added.timeStamp);
  assert.equal(String(added.EventTime), added.TimeStamp);

  const user = await call('POST', '/topapi/v2/user/create', { name: '新人', mobile: `138${String(Date.now()).slice(-8)}`, dept_id_list: '2' });
  assert.equal(user.errcode, 0, user.errmsg);
  const joined = await receiver.next('user_add_org', (e) => e.userId.includes(user.result.userid));
  assert.deepEqual(joined.UserId, [user.result.userid]);

  // Events about one person arrive in order.
  await call('POST', '/topapi/v2/user/delete', { userid: user.result.userid });
  await receiver.next('user_leave_org', (e) => e.userId.includes(user.result.userid));
  await call('POST', '/topapi/extcontact/delete', { user_id: contact.userid });
  await receiver.next('contact_leave_org', (e) => e.userId === contact.userid);

  const failed = await call('GET', '/call_back/get_call_back_failed_result');
  assert.deepEqual([failed.errcode, failed.has_more, failed.failed_list], [0, false, []]);
  const ended = await call('GET', '/call_back/delete_call_back');
  assert.equal(ended.errcode, 0);
  assert.equal((await call('GET', '/call_back/get_call_back')).errcode, 71007);
});

test('dingtalk-encrypt: a receiver with another corp id is not registered', { timeout: 30000 }, async (t) => {
  await call('GET', '/call_back/delete_call_back');
  const server = http.createServer((request, response) => {
    const other = new DingTalkEncryptor(token, aesKey, 'dingother');
    response.end(JSON.stringify(other.getEncryptedMap('success', Date.now(), 'nonce123')));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const refused = await call('POST', '/call_back/register_call_back', {
    call_back_tag: ['user_add_org'], token, aes_key: aesKey, url: `http://127.0.0.1:${server.address().port}/`,
  });
  assert.equal(refused.errcode, 71009);
});
