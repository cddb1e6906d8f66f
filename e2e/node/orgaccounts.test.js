'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const OpenApi = require('@alicloud/openapi-client');
const Util = require('@alicloud/tea-util');
const contact = require('@alicloud/dingtalk/contact_1_0');
const oauth2 = require('@alicloud/dingtalk/oauth2_1_0');
const sample = require('./sample');

const config = () => new OpenApi.Config({ protocol: 'http', regionId: 'central', endpoint: sample.host });
const client = () => new contact.default(config());
const runtime = () => new Util.RuntimeOptions({});

// call(token, 'QueryStatus', {userId}) is what the vendor's sample for it does.
function call(token, operation, fields) {
  const method = operation[0].toLowerCase() + operation.slice(1) + 'WithOptions';
  return client()[method](new contact[operation + 'Request'](fields),
    new contact[operation + 'Headers']({ xAcsDingtalkAccessToken: token }), runtime());
}

test('@alicloud/dingtalk: org account disabled, enabled, signed out', async () => {
  const status = async () => (await call(sample.token, 'QueryStatus', { userId: 'org1002' })).body.disable;
  assert.equal((await call(sample.token, 'SetEnable', { userId: 'org1002' })).body.result, true);
  assert.equal(await status(), false);
  assert.equal((await call(sample.token, 'SetDisable', { userId: 'org1002', reason: '离职' })).body.result, true);
  assert.equal(await status(), true);
  const out = await call(sample.token, 'SignOut', { userId: 'org1002', reasonI18nForEmployee: { zh_CN: '请重新登录' } });
  assert.equal(out.body.result, true);
});

test('@alicloud/dingtalk: errors of org accounts', async () => {
  for (const [userId, code, text] of [
    ['', 'invalid.param', '无效参数'], ['nobody', 'user.not.exist', '用户不存在'],
    [sample.admin, 'exclusive.account.only', '只能操作归属该组织的专属账号']]) {
    await assert.rejects(call(sample.token, 'QueryStatus', { userId }), (err) => {
      assert.equal(err.code, code);
      assert.equal(err.statusCode, 400);
      assert.match(err.message, new RegExp(`^${code}: code: 400, ${text} request id: [0-9A-F-]{36}`));
      return true;
    });
  }
  await assert.rejects(call(sample.tokenWithoutPermits, 'SetDisable', { userId: 'org1002' }), (err) => {
    assert.equal(err.statusCode, 403);
    assert.deepEqual(err.accessDeniedDetail, { requiredScopes: ['Contact.OrgAccountSecurity.ReadWrite'] });
    return true;
  });
});

test('@alicloud/dingtalk: operations without a result', async () => {
  const answer = await call(sample.token, 'MultiOrgPermissionGrant', { joinCorpId: 'ding12345678', grantDeptIdList: [2] });
  assert.equal(answer.statusCode, 200);
});

test('@alicloud/dingtalk: searches', async () => {
  const users = (await call(sample.token, 'SearchUser', { queryWord: '陈静', offset: 0, size: 10, fullMatchField: 1 })).body;
  assert.deepEqual(users.list, ['org1001']);
  assert.equal(users.hasMore, false);
  const departments = (await call(sample.token, 'SearchDepartment', { queryWord: '研发', offset: 0, size: 10 })).body;
  assert.deepEqual(departments.list, [3]);
  const info = (await call(sample.token, 'GetOrgAuthInfo', {})).body;
  assert.equal(info.orgName, '示例科技');
  await assert.rejects(call(sample.token, 'SearchUser', { queryWord: '', offset: 0, size: 10 }), { code: 'parameter.error' });
});

test('@alicloud/dingtalk: a code of nobody', async () => {
  const request = new oauth2.GetUserTokenRequest({ clientId: sample.appKey, clientSecret: sample.appSecret, code: 'x', grantType: 'authorization_code' });
  await assert.rejects(new oauth2.default(config()).getUserToken(request), { code: 'invalidParameter.authCode.notFound' });
});

test('@alicloud/dingtalk: operations that are not offered', async () => {
  await assert.rejects(call(sample.token, 'ChangeDingTalkId', { userId: 'org1001', dingTalkId: 'chenjing1' }), (err) => {
    assert.equal(err.code, 'InvalidAction.NotFound');
    assert.equal(err.statusCode, 404);
    return true;
  });
});
