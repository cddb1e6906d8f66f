'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { popCore, openApi } = require('./alibaba');
const sample = require('./sample');

const clients = {
  'pop-core GET': popCore('GET'),
  'pop-core POST': popCore('POST'),
  'openapi-client V3 query': openApi('query'),
  'openapi-client V3 form': openApi('body'),
  'openapi-client V1 query': openApi('query', 'v2'),
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
