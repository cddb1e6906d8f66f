'use strict';

// The sample organisation, and where the server under test listens.

const host = process.env.MINGCE_HOST;
if (!host) throw new Error('MINGCE_HOST must name the server, as host:port');

module.exports = {
  host,
  url: `http://${host}`,
  corpA: 'ding87654321',
  corpB: 'ding12345678',
  appKey: 'dingsampleappkey01',
  appSecret: 'sample-app-secret-0001',
  token: '101w3c04ffa2386da6530e5123bdf260',
  tokenWithoutPermits: '303w3c04ffa2386da6530e5123bdf260',
  admin: '102530009661373952',
  top: { key: '12345678', secret: 'helloworld' },
  accessKey: { id: 'testAccessKeyId', secret: 'testAccessKeySecret' },
  rpcVersion: '2022-04-19',

  // The contact of 000_086062a6549f3f03.txt, with a remark of the caller's own.
  externalContact(remark) {
    return {
      title: '开发工程师',
      label_ids: [1, 2, 3],
      share_dept_ids: [1, 2, 3],
      address: '地址内容',
      remark,
      follower_user_id: '023420013645',
      name: '张三',
      user_id: '123420013632',
      company_name: '钉钉',
      share_user_ids: ['023420013644'],
    };
  },

  // Names of message contacts are letters only, and unique in a directory.
  uniqueName() {
    const letters = 'abcdefghijklmnopqrstuvwxyz';
    return Array.from({ length: 12 }, () => letters[Math.floor(Math.random() * 26)]).join('');
  },
};
