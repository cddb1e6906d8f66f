'use strict';

// Alibaba Cloud's clients, each as a function (action, parameters) => answer.

const Core = require('@alicloud/pop-core');
const OpenApi = require('@alicloud/openapi-client');
const Util = require('@alicloud/tea-util');
const sample = require('./sample');

function popCore(method, secret = sample.accessKey.secret) {
  const client = new Core({
    accessKeyId: sample.accessKey.id, accessKeySecret: secret, endpoint: sample.url, apiVersion: sample.rpcVersion,
  });
  return (action, parameters) => client.request(action, parameters, { method });
}

// openapi-client takes strings, and lists as flat names.
function openApi(place, signatureAlgorithm) {
  const client = new OpenApi.default(new OpenApi.Config({
    accessKeyId: sample.accessKey.id, accessKeySecret: sample.accessKey.secret,
    endpoint: sample.host, protocol: 'http', signatureAlgorithm,
  }));
  return async (action, parameters) => {
    const flat = {};
    for (const [name, value] of Object.entries(parameters)) {
      if (Array.isArray(value)) value.forEach((item, i) => { flat[`${name}.${i + 1}`] = item; });
      else flat[name] = `${value}`;
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

module.exports = { popCore, openApi };
