'use strict';

// The whole life of an external contact through each client that npm has for
// it: over the TOP gateway, by both spellings of the family, and over
// DingTalk's own gateway.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const DingTalk = require('node-dingtalk');
const { default: TaobaoTopClient } = require('node-taobao-topclient');
const TopSDK = require('topsdk');
const sample = require('./sample');

const url = `${sample.url}/router/rest`;
const succeeded = { ding_open_errcode: 0, error_msg: '成功', success: true };

// Each client as a function of method and parameters.
const clients = {
  topsdk: (method, params) => new TopSDK(sample.top.key, sample.top.secret, { endpoint: url, useValidators: false })
    .execute(method, { session: sample.token, ...params }),
};
for (const verb of ['POST', 'GET']) {
  clients[`node-taobao-topclient by ${verb}`] = (method, params) => new TaobaoTopClient({
    appkey: sample.top.key, appsecret: sample.top.secret, REST_URL: url,
  }).execute(method, { session: sample.token, ...params }, verb);
}

let mobiles = 13900100000;

for (const [name, call] of Object.entries(clients)) {
  test(`${name}: dingtalk.corp.extcontact from create to delete`, async () => {
    const mobile = String(mobiles++);
    const contact = {
      name: '尉迟恭', follower_user_id: '023420013645', state_code: '86', mobile, label_ids: [1, 2393865715],
      title: '将军', share_dept_ids: [2], share_user_ids: ['023420013644'], company_name: '玄甲军', remark: '', address: '长安',
    };
    const created = await call('dingtalk.corp.extcontact.create', { contact: JSON.stringify(contact) });
    assert.equal(created.result.success, true);
    const id = created.result.userid;

    const twin = await call('dingtalk.corp.extcontact.create', { contact: JSON.stringify(contact) });
    assert.deepEqual(twin.result, { ding_open_errcode: 60201, error_msg: '该外部联系人已存在', success: false });

    const listed = await call('dingtalk.corp.extcontact.list', { size: 100, offset: 0 });
    const found = listed.result.results.open_ext_contact.find((c) => c.userid === id);
    assert.equal(found.mobile, mobile);
    assert.deepEqual(found.label_ids, { number: [1, 2393865715] });
    assert.deepEqual(found.share_user_ids, { string: ['023420013644'] });

    const changed = await call('dingtalk.corp.extcontact.update', {
      contact: JSON.stringify({ user_id: id, name: '单雄信', follower_user_id: '023420013644', label_ids: [2], share_dept_ids: [] }),
    });
    assert.deepEqual(changed.result, succeeded);

    const got = await call('dingtalk.corp.extcontact.get', { user_id: id });
    assert.deepEqual(got.result.result, {
      title: '将军', share_dept_ids: {}, label_ids: { number: [2] }, remark: '', address: '长安', name: '单雄信',
      follower_user_id: '023420013644', state_code: '86', company_name: '玄甲军', share_user_ids: { string: ['023420013644'] },
      mobile, userid: id,
    });

    const groups = await call('dingtalk.corp.extcontact.listlabelgroups', { size: 20, offset: 0 });
    assert.deepEqual(groups.result.results.open_label_group[0], {
      name: '客户等级', color: -15220075, labels: { open_label: [{ name: '重要', id: 1 }, { name: '普通', id: 2 }] },
    });

    assert.deepEqual((await call('dingtalk.corp.extcontact.delete', { userid: id })).result, succeeded);
    const gone = await call('dingtalk.corp.extcontact.delete', { userid: id });
    assert.equal(gone.result.ding_open_errcode, 33012);
  });

  test(`${name}: dingtalk.corp.ext`, async () => {
    const mobile = String(mobiles++);
    const contact = { name: '曾小贤', follower_userid: '023420013645', state_code: '86', mobile, label_ids: [2], share_deptids: [1], share_userids: [] };
    const { userid } = await call('dingtalk.corp.ext.add', { contact: JSON.stringify(contact) });
    assert.match(userid, /^\d{14,18}$/);
    await assert.rejects(call('dingtalk.corp.ext.add', { contact: JSON.stringify(contact) }),
      { code: 50, sub_code: '60201', message: /外部联系人已存在/ });

    const changed = await call('dingtalk.corp.ext.update', {
      contact: JSON.stringify({ user_id: userid, name: '曾贤', follower_userid: '023420013645', label_ids: [3], title: '主播' }),
    });
    assert.deepEqual(Object.keys(changed), ['request_id']);

    // The page of contacts is JSON in a string. It has no numbers beyond 2^53.
    const listed = JSON.parse((await call('dingtalk.corp.ext.list', { size: 100, offset: 0 })).result);
    assert.deepEqual(listed.find((c) => c.userid === userid), {
      userid, name: '曾贤', mobile, state_code: '86', title: '主播', follower_userid: '023420013645', label_ids: [3], share_deptids: [1], share_userids: [],
    });
    assert.deepEqual(JSON.parse((await call('dingtalk.corp.ext.list', { size: 20, offset: 1000 })).result), []);

    const groups = JSON.parse((await call('dingtalk.corp.ext.listlabelgroups', { size: 20, offset: 0 })).result);
    assert.deepEqual(groups[1], { color: -11687445, name: '合作关系', labels: [{ id: 3, name: '渠道商' }] });

    await call('dingtalk.corp.extcontact.delete', { userid });
  });

  test(`${name}: bad paging is refused`, async () => {
    await assert.rejects(call('dingtalk.corp.extcontact.list', { size: 101 }), { code: 41, message: /Invalid arguments:size/ });
    await assert.rejects(call('dingtalk.corp.ext.listlabelgroups', { offset: -1 }), { code: 41, message: /Invalid arguments:offset/ });
  });
}

test('node-dingtalk: from create to delete over the own gateway', async () => {
  const { extcontact } = new DingTalk({ corpid: sample.corpA, corpsecret: sample.appSecret, host: sample.url });
  const mobile = String(mobiles++);
  const contact = { name: '仇英', follower_user_id: '023420013645', mobile, label_ids: [2] };
  const created = await extcontact.create(contact);
  assert.equal(created.errcode, 0);
  const id = created.userid;
  await assert.rejects(extcontact.create(contact), { code: 22005, message: /该外部联系人已经存在/ });

  assert.deepEqual(await extcontact.get(id), {
    label_ids: [2], name: '仇英', follower_user_id: '023420013645', state_code: '86', mobile, userid: id,
  });
  await extcontact.update({ user_id: id, name: '仇十洲', follower_user_id: '023420013645', label_ids: [1, 2], share_dept_ids: [3], title: '画师' });
  assert.deepEqual((await extcontact.list({ offset: 0, size: 100 })).find((c) => c.userid === id), {
    title: '画师', share_dept_ids: [3], label_ids: [1, 2], name: '仇十洲', follower_user_id: '023420013645', state_code: '86', mobile, userid: id,
  });
  assert.ok((await extcontact.listAll()).some((c) => c.userid === id));
  assert.deepEqual((await extcontact.listlabelgroups())[2], {
    name: '行业', color: -543394, labels: [{ name: '制造业', id: 2393865715 }],
  });
  await assert.rejects(extcontact.list({ offset: 0, size: 101 }), { code: 40069 });
  await assert.rejects(extcontact.listlabelgroups({ offset: 0, size: 0 }), { code: 41101 });

  await extcontact.delete(id);
  await assert.rejects(extcontact.get(id), { code: 33012 });
  await assert.rejects(extcontact.delete(id), { code: 33012 });
});
