'use strict';

// Node's own HTTP/2 client over TLS: one connection, many streams, every gateway.

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const fs = require('node:fs');
const http2 = require('node:http2');
const { once } = require('node:events');
const { test } = require('node:test');
const sample = require('./sample');

async function connect(t) {
  const session = http2.connect(`https://${process.env.MINGCE_TLS_HOST}`, { ca: fs.readFileSync(process.env.MINGCE_CA) });
  t.after(() => session.close());
  await once(session, 'connect');
  assert.equal(session.alpnProtocol, 'h2');
  return session;
}

// Sends the pieces of a body as separate frames and returns status and decoded answer.
async function call(session, method, path, headers = {}, ...pieces) {
  const stream = session.request({ ':method': method, ':path': path, ...headers }, { endStream: pieces.length === 0 });
  for (const piece of pieces) stream.write(piece);
  stream.end();
  const [head] = await once(stream, 'response');
  stream.setEncoding('utf8');
  let body = '';
  for await (const part of stream) body += part;
  return { status: head[':status'], body: JSON.parse(body) };
}

function top(session, userId = '123420013632', token = sample.token) {
  const query = new URLSearchParams({ method: 'dingtalk.corp.extcontact.get', v: '2.0', format: 'json', session: token });
  return call(session, 'POST', `/router/rest?${query}`, { 'content-type': 'application/x-www-form-urlencoded' },
    'user_id=', userId);
}

function grant(session, fields = ['mobile']) {
  const body = JSON.stringify({ toCorpIds: [sample.corpB], optUserId: sample.admin, fields });
  return call(session, 'PUT', '/v1.0/contact/orgAccounts/mobiles/visibleInOtherOrg',
    { 'content-type': 'application/json', 'x-acs-dingtalk-access-token': sample.token }, body.slice(0, 20), body.slice(20));
}

// Everything is in the signed headers and the query; :authority is what the client signs as host.
function rpc(session, contactId = 'c-qL4HqKONzOM7abcd') {
  const query = `ContactId=${contactId}`;
  const digest = crypto.createHash('sha256').update('').digest('hex');
  const headers = {
    host: process.env.MINGCE_TLS_HOST,
    'x-acs-action': 'GetMessageContact',
    'x-acs-content-sha256': digest,
    'x-acs-date': new Date().toISOString().replace(/\.\d+/, ''),
    'x-acs-signature-nonce': crypto.randomUUID(),
    'x-acs-version': sample.rpcVersion,
  };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`).join('');
  const canonical = ['POST', '/', query, lines, names, digest].join('\n');
  const text = `ACS3-HMAC-SHA256\n${crypto.createHash('sha256').update(canonical).digest('hex')}`;
  const signature = crypto.createHmac('sha256', sample.accessKey.secret).update(text).digest('hex');
  delete headers.host;
  return call(session, 'POST', `/?${query}`, {
    ...headers,
    authorization: `ACS3-HMAC-SHA256 Credential=${sample.accessKey.id},SignedHeaders=${names},Signature=${signature}`,
  });
}

function oapi(session) {
  return call(session, 'POST', `/topapi/extcontact/get?access_token=${sample.token}`,
    { 'content-type': 'application/json' }, '{"user_id":"123420013632"}');
}

test('HTTP/2: every gateway on one connection', async (t) => {
  const session = await connect(t);
  const got = await top(session);
  assert.equal(got.body.dingtalk_corp_extcontact_get_response.result.result.userid, '123420013632');
  assert.equal((await oapi(session)).body.result.userid, '123420013632');
  assert.deepEqual(await grant(session), { status: 200, body: { result: true } });
  assert.equal((await rpc(session)).body.Contact.ContactId, 'c-qL4HqKONzOM7abcd');
});

test('HTTP/2: two hundred streams at once', async (t) => {
  const session = await connect(t);
  const calls = Array.from({ length: 50 }, () => [top(session), oapi(session), grant(session), rpc(session)]).flat();
  for (const answer of await Promise.all(calls)) assert.equal(answer.status, 200, JSON.stringify(answer));
});

test('HTTP/2: a failure ends its stream alone', async (t) => {
  const session = await connect(t);
  const [gone, refused, stranger, good] = await Promise.all([
    rpc(session, 'c-gone'), grant(session, ['no such field']), top(session, '123420013632', 'no-such-token'), rpc(session)]);
  assert.equal(gone.status, 404);
  assert.equal(gone.body.Code, 'EntityNotExists.Contact');
  assert.equal(refused.status, 400);
  assert.equal(refused.body.code, 'invalid.param');
  assert.equal(stranger.body.error_response.code, 88);
  assert.equal(good.status, 200);

  const abandoned = session.request({ ':method': 'POST', ':path': '/router/rest' }, { endStream: false });
  abandoned.on('error', () => {});
  abandoned.write('method=');
  abandoned.close(http2.constants.NGHTTP2_CANCEL);
  assert.equal((await rpc(session)).status, 200);
});
