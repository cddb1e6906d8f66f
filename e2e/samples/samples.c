/* The three sample requests of the vendors' pages, sent with libcurl. */

#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ACCESS_TOKEN "101w3c04ffa2386da6530e5123bdf260"

struct text {
	char *bytes;
	size_t length;
};

struct answer {
	long status;
	struct text body;
};

struct parameter {
	const char *name, *value;
};

static size_t append(const void *bytes, size_t one, size_t length, void *to)
{
	struct text *text = to;
	length *= one;
	char *longer = realloc(text->bytes, text->length + length + 1);
	if (longer == NULL)
		return 0;
	text->bytes = longer;
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
	text->bytes[text->length] = '\0';
	return length;
}

static size_t received(char *bytes, size_t one, size_t length, void *to)
{
	return append(bytes, one, length, to);
}

static void add(struct text *text, const char *s)
{
	append(s, 1, strlen(s), text);
}

static void add_encoded(struct text *text, const char *s)
{
	char *encoded = curl_easy_escape(NULL, s, 0);
	add(text, encoded);
	curl_free(encoded);
}

static struct answer call(const char *method, const char *path, const char *body, const char *header)
{
	struct answer answer = {0};
	struct text url = {0};
	struct curl_slist *headers = header == NULL ? NULL : curl_slist_append(NULL, header);
	CURL *curl = curl_easy_init();

	add(&answer.body, "");
	add(&url, "http://");
	add(&url, getenv("MINGCE_HOST"));
	add(&url, path);
	if (body != NULL && header != NULL)
		headers = curl_slist_append(headers, "Content-Type: application/json");
	curl_easy_setopt(curl, CURLOPT_URL, url.bytes);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	if (body != NULL)
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, received);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
	CURLcode failed = curl_easy_perform(curl);
	if (failed != CURLE_OK)
		fprintf(stderr, "%s %s: %s\n", method, path, curl_easy_strerror(failed));
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
	free(url.bytes);
	return answer;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct parameter *)a)->name, ((const struct parameter *)b)->name);
}

static struct text query(const struct parameter *parameters, size_t count)
{
	struct text text = {0};
	add(&text, "");
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			add(&text, "&");
		add_encoded(&text, parameters[i].name);
		add(&text, "=");
		add_encoded(&text, parameters[i].value);
	}
	return text;
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The TOP signature: all parameters by name, without separators, under the app's secret. */
static struct answer update_external_contact(const char *secret)
{
	char now[32], sign[2 * EVP_MAX_MD_SIZE + 1];
	time_t china = time(NULL) + 8 * 60 * 60;
	strftime(now, sizeof now, "%Y-%m-%d %H:%M:%S", gmtime(&china));
	struct parameter parameters[] = {
		{"method", "dingtalk.corp.extcontact.update"}, {"v", "2.0"}, {"format", "json"}, {"session", ACCESS_TOKEN},
		{"app_key", "12345678"}, {"sign_method", "hmac"}, {"timestamp", now},
		{"contact",
		 "{\"title\":\"开发工程师\",\"label_ids\":[1,2,3],\"share_dept_ids\":[1,2,3],\"address\":\"地址内容\","
		 "\"remark\":\"备注内容\",\"follower_user_id\":\"023420013645\",\"name\":\"张三\",\"user_id\":\"123420013632\","
		 "\"company_name\":\"钉钉\",\"share_user_ids\":[\"023420013644\"]}"},
		{"sign", sign},
	};
	size_t signed_ones = COUNT(parameters) - 1;
	struct text text = {0};
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned int length = 0;

	qsort(parameters, signed_ones, sizeof parameters[0], by_name);
	for (size_t i = 0; i < signed_ones; i++) {
		add(&text, parameters[i].name);
		add(&text, parameters[i].value);
	}
	HMAC(EVP_md5(), secret, (int)strlen(secret), (unsigned char *)text.bytes, text.length, sum, &length);
	for (unsigned int i = 0; i < length; i++)
		sprintf(sign + 2 * i, "%02X", sum[i]);

	struct text form = query(parameters, COUNT(parameters));
	struct answer answer = call("POST", "/router/rest", form.bytes, NULL);
	free(text.bytes);
	free(form.bytes);
	return answer;
}

static struct answer make_visible(const char *token)
{
	struct text header = {0};
	add(&header, "x-acs-dingtalk-access-token: ");
	add(&header, token);
	struct answer answer = call("PUT", "/v1.0/contact/orgAccounts/mobiles/visibleInOtherOrg",
		"{\"toCorpIds\":[\"ding12345678\"],\"optUserId\":\"102530009661373952\",\"fields\":[\"mobile\"]}", header.bytes);
	free(header.bytes);
	return answer;
}

/* The RPC signature V1 is HMAC-SHA1 over the method and the encoded query, sorted by name. */
static struct answer update_message_contact(const char *method, const char *key)
{
	static int calls;
	char now[32], nonce[64], signature[4 * EVP_MAX_MD_SIZE];
	time_t t = time(NULL);
	strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", gmtime(&t));
	snprintf(nonce, sizeof nonce, "c-sample-%lld-%d", (long long)t, ++calls);
	struct parameter parameters[] = {
		{"Action", "UpdateMessageContact"}, {"Version", "2022-04-19"}, {"Format", "JSON"}, {"AccessKeyId", "testAccessKeyId"},
		{"SignatureMethod", "HMAC-SHA1"}, {"SignatureVersion", "1.0"}, {"SignatureNonce", nonce}, {"Timestamp", now},
		{"ContactId", "c-qL4HqKONzOM7abcd"}, {"Name", "tom"}, {"EmailAddress", "someone@example.com"},
		{"PhoneNumber", "86-13900001234"}, {"Title", "TechnicalDirector"}, {"MessageTypes.1", "AccountExpenses"},
		{"Signature", signature},
	};
	size_t signed_ones = COUNT(parameters) - 1;
	struct text text = {0};
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned int length = 0;

	qsort(parameters, signed_ones, sizeof parameters[0], by_name);
	struct text sorted = query(parameters, signed_ones);
	add(&text, method);
	add(&text, "&%2F&");
	add_encoded(&text, sorted.bytes);
	HMAC(EVP_sha1(), key, (int)strlen(key), (unsigned char *)text.bytes, text.length, sum, &length);
	EVP_EncodeBlock((unsigned char *)signature, sum, (int)length);

	struct text whole = query(parameters, COUNT(parameters)), path = {0};
	add(&path, "/?");
	add(&path, whole.bytes);
	int get = strcmp(method, "GET") == 0;
	struct answer answer = call(method, get ? path.bytes : "/", get ? NULL : whole.bytes, NULL);
	free(text.bytes);
	free(sorted.bytes);
	free(whole.bytes);
	free(path.bytes);
	return answer;
}

static void check(const char *name, struct answer answer, long status, const char *part)
{
	static int number;
	int passed = answer.status == status && strstr(answer.body.bytes, part) != NULL;
	if (!passed)
		fprintf(stderr, "%s: got %ld %s\n", name, answer.status, answer.body.bytes);
	printf("%s %d - C: %s\n", passed ? "ok" : "not ok", ++number, name);
	free(answer.body.bytes);
}

int main(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
	check("external contact over TOP, signed", update_external_contact("helloworld"), 200, "\"success\":true");
	check("wrong secret over TOP", update_external_contact("wrong"), 200, "\"code\":25,");
	check("visible in another organisation", make_visible(ACCESS_TOKEN), 200, "{\"result\":true}");
	check("unknown token", make_visible("no-such-token"), 400, "\"code\":\"InvalidAuthentication\"");
	check("message contact by GET, signed", update_message_contact("GET", "testAccessKeySecret&"), 200, "{\"RequestId\":\"");
	check("message contact by POST, signed", update_message_contact("POST", "testAccessKeySecret&"), 200, "{\"RequestId\":\"");
	check("wrong secret over RPC", update_message_contact("GET", "wrong&"), 400, "\"SignatureDoesNotMatch\"");
	curl_global_cleanup();
	return 0;
}
