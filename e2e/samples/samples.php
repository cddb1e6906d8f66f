<?php
// The three sample requests of the vendors' pages, sent with PHP's curl extension.

declare(strict_types=1);

const ACCESS_TOKEN = '101w3c04ffa2386da6530e5123bdf260';

$base = 'http://' . getenv('MINGCE_HOST');

/** Sends one request and returns the status and the decoded answer. */
function send(string $method, string $url, string $body = '', array $headers = []): array
{
	$curl = curl_init($url);
	curl_setopt_array($curl, [CURLOPT_CUSTOMREQUEST => $method, CURLOPT_RETURNTRANSFER => true, CURLOPT_HTTPHEADER => $headers]);
	if ($body !== '') {
		curl_setopt($curl, CURLOPT_POSTFIELDS, $body);
	}
	$answer = curl_exec($curl);
	if ($answer === false) {
		throw new RuntimeException(curl_error($curl));
	}
	return [curl_getinfo($curl, CURLINFO_RESPONSE_CODE), json_decode($answer, true, 16, JSON_THROW_ON_ERROR)];
}

function query(array $parameters): string
{
	return http_build_query($parameters, '', '&', PHP_QUERY_RFC3986);
}

/** The TOP signature: all parameters by name, without separators, under the app's secret. */
function signTop(array $parameters, string $secret): string
{
	ksort($parameters, SORT_STRING);
	$text = '';
	foreach ($parameters as $name => $value) {
		$text .= $name . $value;
	}
	return strtoupper(hash_hmac('md5', $text, $secret));
}

function updateExternalContact(string $secret): array
{
	global $base;
	$system = [
		'method' => 'dingtalk.corp.extcontact.update', 'v' => '2.0', 'format' => 'json', 'session' => ACCESS_TOKEN,
		'app_key' => '12345678', 'sign_method' => 'hmac',
		'timestamp' => (new DateTime('now', new DateTimeZone('Asia/Shanghai')))->format('Y-m-d H:i:s'),
	];
	$business = ['contact' => json_encode([
		'title' => '开发工程师', 'label_ids' => [1, 2, 3], 'share_dept_ids' => [1, 2, 3], 'address' => '地址内容', 'remark' => '备注内容',
		'follower_user_id' => '023420013645', 'name' => '张三', 'user_id' => '123420013632', 'company_name' => '钉钉',
		'share_user_ids' => ['023420013644'],
	], JSON_UNESCAPED_UNICODE)];
	$system['sign'] = signTop($system + $business, $secret);
	return send('POST', $base . '/router/rest?' . query($system), query($business));
}

function makeVisible(string $token): array
{
	global $base;
	return send('PUT', $base . '/v1.0/contact/orgAccounts/mobiles/visibleInOtherOrg',
		json_encode(['toCorpIds' => ['ding12345678'], 'optUserId' => '102530009661373952', 'fields' => ['mobile']]),
		['x-acs-dingtalk-access-token: ' . $token, 'Content-Type: application/json']);
}

/** The RPC signature V1 is HMAC-SHA1 over the method and the encoded query, sorted by name. */
function updateMessageContact(string $method, string $secret): array
{
	global $base;
	$parameters = [
		'Action' => 'UpdateMessageContact', 'Version' => '2022-04-19', 'Format' => 'JSON', 'AccessKeyId' => 'testAccessKeyId',
		'SignatureMethod' => 'HMAC-SHA1', 'SignatureVersion' => '1.0', 'SignatureNonce' => bin2hex(random_bytes(16)),
		'Timestamp' => gmdate('Y-m-d\TH:i:s\Z'),
		'ContactId' => 'c-qL4HqKONzOM7abcd', 'Name' => 'tom', 'EmailAddress' => 'someone@example.com',
		'PhoneNumber' => '86-13900001234', 'Title' => 'TechnicalDirector', 'MessageTypes.1' => 'AccountExpenses',
	];
	ksort($parameters, SORT_STRING);
	$text = $method . '&%2F&' . rawurlencode(query($parameters));
	$parameters['Signature'] = base64_encode(hash_hmac('sha1', $text, $secret . '&', true));
	if ($method === 'GET') {
		return send('GET', $base . '/?' . query($parameters));
	}
	return send('POST', $base . '/', query($parameters));
}

$cases = [
	'PHP: external contact over TOP, signed' => function (): bool {
		[$status, $answer] = updateExternalContact('helloworld');
		return $status === 200 && $answer['dingtalk_corp_extcontact_update_response']['result']['success'] === true;
	},
	'PHP: wrong secret over TOP' => fn (): bool => updateExternalContact('wrong')[1]['error_response']['code'] === 25,
	'PHP: visible in another organisation' => fn (): bool => makeVisible(ACCESS_TOKEN) === [200, ['result' => true]],
	'PHP: unknown token' => function (): bool {
		[$status, $answer] = makeVisible('no-such-token');
		return $status === 400 && $answer['code'] === 'InvalidAuthentication';
	},
	'PHP: message contact by GET, signed' => function (): bool {
		[$status, $answer] = updateMessageContact('GET', 'testAccessKeySecret');
		return $status === 200 && array_keys($answer) === ['RequestId'];
	},
	'PHP: message contact by POST, signed' => function (): bool {
		[$status, $answer] = updateMessageContact('POST', 'testAccessKeySecret');
		return $status === 200 && array_keys($answer) === ['RequestId'];
	},
	'PHP: wrong secret over RPC' => function (): bool {
		[$status, $answer] = updateMessageContact('GET', 'wrong');
		return $status === 400 && $answer['Code'] === 'SignatureDoesNotMatch';
	},
];

$number = 0;
foreach ($cases as $name => $case) {
	try {
		$result = $case() ? 'ok' : 'not ok';
	} catch (Throwable $e) {
		fwrite(STDERR, "$name: $e\n");
		$result = 'not ok';
	}
	printf("%s %d - %s\n", $result, ++$number, $name);
}
