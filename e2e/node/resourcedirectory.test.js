'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const Core = require('@alicloud/pop-core');
const OpenApi = require('@alicloud/openapi-client');
const Util = require('@alicloud/tea-util');
const sample = require('./sample');

// Each client as a function (action, parameters) => answer; lists are given as the client takes them.

function popCore(method, secret = sample.accessKey.secret) {
  const client = new Core({
    accessKeyId: sample.accessKey.id, accessKeySecret: secret, endpoint: sample.url, apiVersion: sample.rpcVersion,
  });
  return (action, parameters) => client.request(action, parameters, { method });
}

function openApi(signatureAlgorithm, place) {
  const client = new OpenApi.default(new OpenApi.Config({
    accessKeyId: sample.accessKey.id, accessKeySecret: sample.accessKey.secret,
    endpoint: sample.host, protocol: 'http', signatureAlgorithm,
  }));
  return async (action, parameters) => {
    const flat = {};
    for (const [name, value] of Object.entries(parameters)) {
      if (Array.isArray(value)) value.forEach((item, i) => { flat[`${name}.${i + 1}`] = item; });
      else flat[name] = value;
    }
    const answer = await client.callApi(
      new OpenApi.Params({
        action, version: sample.rpcVersion, protocol: 'HTTPS', pathname: '/', method: 'POST',
        authType: 'AK', style: 'RPC', reqBodyType: 'formData', bodyType: 'json',
      }),
      new OpenApi.OpenApiRequest({ [place]: flat }), new Util.RuntimeOptions({}));
    return answer.body;
  };
}

const clients = {
  'pop-core GET': popCore('GET'),
  'pop-core POST': popCore('POST'),
  'openapi-client V3 query': openApi(undefined, 'query'),
  'openapi-client V3 form': openApi(undefined, 'body'),
  'openapi-client V1 query': openApi('v2', 'query'),
};

for (const [name, call] of Object.entries(clients)) {
  test(`${name}: add, update, get`, async () => {
    const contactName = sample.uniqueName();
    const added = await call('AddMessageContact', {
      Name: contactName, EmailAddress: 'a+b@example.com', PhoneNumber: '86-13900001234', Title: 'CEO',
      MessageTypes: ['AccountExpenses', 'SecurityMessage'],
    });
    const ContactId = added.Contact.ContactId;

    const updated = await call('UpdateMessageContact', {
      ContactId, Name: contactName, Title: 'TechnicalDirector', PhoneNumber: '', MessageTypes: ['FaultMessage'],
    });
    assert.deepEqual(Object.keys(updated), ['RequestId']);

    const { Contact } = await call('GetMessageContact', { ContactId });
    assert.equal(Contact.Name, contactName);
    assert.equal(Contact.EmailAddress, 'a+b@example.com');
    assert.equal(Contact.Title, 'TechnicalDirector');
    assert.deepEqual(Contact.MessageTypes, ['FaultMessage']);
    // openapi-client leaves an empty value out; the others send and sign it.
    if (name.startsWith('pop-core')) assert.equal(Contact.PhoneNumber || '', '');
  });

  test(`${name}: an error`, async () => {
    const gone = call('GetMessageContact', { ContactId: 'c-gone' });
    await assert.rejects(gone, (err) => {
      assert.equal(err.code, 'EntityNotExists.Contact');
      assert.match(err.message, /This Contact does not exist\./);
      return true;
    });
  });
}

test('pop-core: wrong secret', async () => {
  await assert.rejects(popCore('POST', 'wrong')('GetMessageContact', { ContactId: 'c-qL4HqKONzOM7abcd' }),
    { code: 'SignatureDoesNotMatch' });
});
