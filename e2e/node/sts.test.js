'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { default: RoleProvider } = require('@alicloud/credentials/dist/src/providers/ram_role_arn');
const { default: KeyProvider } = require('@alicloud/credentials/dist/src/providers/static_ak');
const OpenApi = require('@alicloud/openapi-client');
const Util = require('@alicloud/tea-util');
const sample = require('./sample');

// The credentials provider calls STS over HTTPS only; the runner sets NODE_EXTRA_CA_CERTS.
test('credentials: a role assumed by a role', async () => {
  const key = KeyProvider.builder().withAccessKeyId(sample.accessKey.id).withAccessKeySecret(sample.accessKey.secret).build();
  const by = (provider, arn) => RoleProvider.builder().withCredentialsProvider(provider).withRoleArn(arn)
    .withRoleSessionName('e2e').withStsEndpoint(process.env.MINGCE_TLS_HOST).build();
  const operator = by(key, 'acs:ram::1000000000000001:role/mingce-operator');
  const member = by(operator, 'acs:ram::1997968394351234:role/ResourceDirectoryAccountAccessRole');
  const { accessKeyId, accessKeySecret, securityToken } = await member.getCredentials();

  const client = new OpenApi.default(new OpenApi.Config({ accessKeyId, accessKeySecret, securityToken, endpoint: sample.host, protocol: 'http' }));
  const { body } = await client.callApi(
    new OpenApi.Params({
      action: 'GetCallerIdentity', version: '2015-04-01', protocol: 'HTTPS', pathname: '/', method: 'POST',
      authType: 'AK', style: 'RPC', reqBodyType: 'formData', bodyType: 'json',
    }),
    new OpenApi.OpenApiRequest({}), new Util.RuntimeOptions({}));
  assert.equal(body.IdentityType, 'AssumedRoleUser');
  assert.equal(body.Arn, 'acs:sts::1997968394351234:assumed-role/ResourceDirectoryAccountAccessRole/e2e');
});
