'use strict';

// A message contact from add to delete with each client. Mails are read from the mailbox that the
// first argument names, so this is not a *.test.js.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { popCore, openApi } = require('./alibaba');
const sample = require('./sample');

const mailbox = process.argv[2];
if (!mailbox) throw new Error('the first argument must name the mailbox');

const directory = 'rd-StSamp';
const folder = 'fd-ZDNPiT1234';
const member = '1817610956901234';

const clients = {
  'pop-core GET': popCore('GET'),
  'pop-core POST': popCore('POST'),
  'openapi-client query': openApi('query'),
  'openapi-client form': openApi('body'),
};

async function json(url) {
  const answer = await fetch(url);
  assert.equal(answer.status, 200, url);
  return answer.json();
}

async function press(link, form) {
  const answer = await fetch(link, { method: 'POST', body: new URLSearchParams(form) });
  return answer.status;
}

let number = 0;

for (const [name, call] of Object.entries(clients)) {
  test(`${name}: a message contact from add to delete`, async () => {
    number += 1;
    const email = `node${number}@example.com`;
    const next = `nodenext${number}@example.com`;
    const phone = `86-1380000100${number}`;
    const contact = {
      Name: sample.uniqueName(), EmailAddress: email, PhoneNumber: phone, Title: 'ProjectDirector',
      MessageTypes: ['SecurityMessage', 'AccountExpenses'],
    };
    const { ContactId } = (await call('AddMessageContact', contact)).Contact;
    const get = async () => (await call('GetMessageContact', { ContactId })).Contact;
    const toVerify = async () => {
      const answer = await call('ListMessageContactVerifications', { ContactId });
      return answer.ContactVerifications.map((v) => v.Target);
    };
    const refused = (code, action, parameters) => assert.rejects(call(action, { ContactId, ...parameters }), (err) => {
      assert.equal(err.code, code, `${action}: ${err.message}`);
      return true;
    });

    const { CreateDate, ...added } = await get();
    assert.match(CreateDate, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    assert.deepEqual(added, { ContactId, ...contact, Members: [], Status: 'Verifying' });
    assert.deepEqual(await toVerify(), [email, phone]);
    await refused('ContactStatusMismatchAction', 'AssociateMembers', { Members: [folder] });

    // A mail scanner opens the link and changes nothing; the person's button does.
    await call('SendEmailVerificationForMessageContact', { ContactId, EmailAddress: email });
    await refused('SendValidateCodeExceedsLimitForAccount', 'SendEmailVerificationForMessageContact', { EmailAddress: email });
    const mail = await json(`${mailbox}/?to=${encodeURIComponent(email)}`);
    assert.equal((await fetch(mail.Link)).status, 200);
    assert.equal((await get()).Status, 'Verifying');
    assert.equal(await press(mail.Link, {}), 200);
    assert.equal((await get()).Status, 'Active');

    await call('SendPhoneVerificationForMessageContact', { ContactId, PhoneNumber: phone });
    const text = await json(`${sample.url}/_mingce/messages/wait?channel=sms&to=${encodeURIComponent(phone)}`);
    assert.equal(await press(text.link, { code: text.code === '000000' ? '000001' : '000000' }), 403);
    assert.deepEqual(await toVerify(), [phone]);
    assert.equal(await press(text.link, { code: text.code }), 200);
    assert.deepEqual(await toVerify(), []);
    await refused('EntityNotExists.Contact.Verification', 'SendPhoneVerificationForMessageContact', { PhoneNumber: phone });

    const bound = await call('AssociateMembers', { ContactId, Members: [folder, member, directory] });
    assert.deepEqual(bound.Members.map((m) => [m.ContactId, m.MemberId]), [folder, member, directory].map((m) => [ContactId, m]));
    await refused('InvalidMember', 'AssociateMembers', { Members: ['fd-NoSuch0000'] });
    const unbound = await call('DisassociateMembers', { ContactId, Members: [directory, member] });
    assert.deepEqual(unbound.Members.map((m) => m.MemberId), [directory, member]);
    assert.deepEqual((await get()).Members, [folder]);
    const page = await call('ListMessageContacts', { Member: folder, PageNumber: 1, PageSize: 100 });
    assert.ok(page.Contacts.some((c) => c.ContactId === ContactId && c.AssociatedDate));
    await refused('InvalidParameter.PageSize', 'ListMessageContacts', { PageSize: 101 });

    await call('UpdateMessageContact', { ContactId, EmailAddress: next, MessageTypes: ['FaultMessage'] });
    const changed = await get();
    assert.equal(changed.EmailAddress, email);
    assert.deepEqual(changed.MessageTypes, ['FaultMessage']);
    assert.deepEqual(await toVerify(), [next]);
    await call('CancelMessageContactUpdate', { ContactId, EmailAddress: next });
    assert.deepEqual(await toVerify(), []);

    await refused('InvalidParameter.RetainContactInMembers', 'DeleteMessageContact', { RetainContactInMembers: 'maybe' });
    assert.equal((await call('DeleteMessageContact', { ContactId, RetainContactInMembers: false })).Status, 'Deleting');
    const deadline = Date.now() + 20000;
    for (;;) {
      assert.ok(Date.now() < deadline, 'the deletion is not finished after 20 s');
      let answer;
      try {
        answer = await call('GetMessageContactDeletionStatus', { ContactId });
      } catch (err) {
        assert.equal(err.code, 'EntityNotExists.Contact');
        break;
      }
      assert.equal(answer.ContactDeletionStatus.Status, 'Deleting');
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
    await refused('EntityNotExists.Contact', 'GetMessageContact', {});

    const kept = (await call('AddMessageContact', { ...contact, PhoneNumber: '' })).Contact.ContactId;
    assert.equal((await call('DeleteMessageContact', { ContactId: kept, RetainContactInMembers: true })).Status, 'Deleted');
  });
}
