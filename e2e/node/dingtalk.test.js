'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const OpenApi = require('@alicloud/openapi-client');
const Util = require('@alicloud/tea-util');
const contact = require('@alicloud/dingtalk/contact_1_0');
const oauth2 = require('@alicloud/dingtalk/oauth2_1_0');
const DingTalk = require('node-dingtalk');
const sample = require('./sample');

const config = () => new OpenApi.Config({ protocol: 'http', regionId: 'central', endpoint: sample.host });

function grant(token, fields = { toCorpIds: [sample.corpB], optUserId: sample.admin, fields: ['mobile', 'status'] }) {
  return new contact.default(config()).orgAccountMobileVisibleInOtherOrgWithOptions(
    new contact.OrgAccountMobileVisibleInOtherOrgRequest(fields),
    new contact.OrgAccountMobileVisibleInOtherOrgHeaders({ xAcsDingtalkAccessToken: token }),
    new Util.RuntimeOptions({}));
}

test('@alicloud/dingtalk: token, then the grant of the seed page', async () => {
  const tokens = new oauth2.default(config());
  const issued = await tokens.getAccessToken(new oauth2.GetAccessTokenRequest({
    appKey: sample.appKey, appSecret: sample.appSecret,
  }));
  assert.equal(issued.body.expireIn, 7200);

  const answer = await grant(issued.body.accessToken);
  assert.equal(answer.body.result, true);
  assert.match(answer.headers['x-acs-request-id'], /^[0-9A-F-]{36}$/);
});

test('@alicloud/dingtalk: unified token', async () => {
  const issued = await new oauth2.default(config()).getToken(sample.corpA, new oauth2.GetTokenRequest({
    clientId: sample.appKey, clientSecret: sample.appSecret, grantType: 'client_credentials',
  }));
  assert.equal(issued.body.expiresIn, 7200);
  assert.equal((await grant(issued.body.accessToken)).body.result, true);
});

test('@alicloud/dingtalk: invalid.param', async () => {
  await assert.rejects(grant(sample.token, { toCorpIds: [], optUserId: sample.admin }), (err) => {
    assert.equal(err.code, 'invalid.param');
    assert.equal(err.statusCode, 400);
    assert.match(err.message, /^invalid\.param: code: 400, 参数无效.* request id: [0-9A-F-]{36}/);
    return true;
  });
});

test('@alicloud/dingtalk: app without the permission', async () => {
  await assert.rejects(grant(sample.tokenWithoutPermits), (err) => {
    assert.equal(err.code, 'Forbidden.AccessDenied.AccessTokenPermissionDenied');
    assert.equal(err.statusCode, 403);
    assert.deepEqual(err.accessDeniedDetail, { requiredScopes: ['Contact.OrgAccount.VisiblityInOtherOrg'] });
    return true;
  });
});

test('@alicloud/dingtalk: unknown token', async () => {
  await assert.rejects(grant('no-such-token'), { code: 'InvalidAuthentication' });
});

test('node-dingtalk: token by corp id and secret', async () => {
  const client = new DingTalk({ corpid: sample.corpA, corpsecret: sample.appSecret, host: sample.url });
  const token = await client.client.getAccessToken();
  assert.equal((await grant(token)).body.result, true);
});

test('node-dingtalk: wrong secret', async () => {
  const client = new DingTalk({ corpid: sample.corpA, corpsecret: 'wrong', host: sample.url });
  await assert.rejects(client.client.getAccessToken(), { name: 'DingTalkClientResponseError', code: 40089 });
});
