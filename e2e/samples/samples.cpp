// The three sample requests of the vendors' pages, sent with libcurl from C++.

#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdlib>
#include <ctime>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using Parameters = std::map<std::string, std::string>; // sorted, as both signatures want them

const std::string accessToken = "101w3c04ffa2386da6530e5123bdf260";

struct Answer {
	long status;
	std::string body;
};

size_t append(char *bytes, size_t one, size_t length, void *to)
{
	static_cast<std::string *>(to)->append(bytes, one * length);
	return one * length;
}

Answer send(const std::string &method, const std::string &path, const std::string &body = "", const std::vector<std::string> &headers = {})
{
	std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
	curl_slist *list = nullptr;
	for (const auto &header : headers)
		list = curl_slist_append(list, header.c_str());
	std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> owned(list, curl_slist_free_all);

	const std::string url = "http://" + std::string(std::getenv("MINGCE_HOST")) + path;
	Answer answer{};
	curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
	curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, method.c_str());
	curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, list);
	if (!body.empty())
		curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
	curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, append);
	curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
	if (CURLcode failed = curl_easy_perform(curl.get()); failed != CURLE_OK)
		throw std::runtime_error(curl_easy_strerror(failed));
	curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
	return answer;
}

std::string encode(const std::string &text)
{
	std::unique_ptr<char, decltype(&curl_free)> encoded(curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size())), curl_free);
	return encoded.get();
}

std::string query(const Parameters &parameters)
{
	std::string text;
	for (const auto &[name, value] : parameters)
		text += (text.empty() ? "" : "&") + encode(name) + "=" + encode(value);
	return text;
}

std::string now(const char *layout, int hours)
{
	const std::time_t t = std::time(nullptr) + hours * 3600;
	char text[32];
	return {text, std::strftime(text, sizeof text, layout, std::gmtime(&t))};
}

std::vector<unsigned char> hmac(const EVP_MD *hash, const std::string &key, const std::string &text)
{
	std::vector<unsigned char> sum(EVP_MAX_MD_SIZE);
	unsigned int length = 0;
	HMAC(hash, key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char *>(text.data()), text.size(), sum.data(), &length);
	sum.resize(length);
	return sum;
}

// The TOP signature: all parameters by name, without separators, under the app's secret.
Answer updateExternalContact(const std::string &secret)
{
	Parameters parameters = {
		{"method", "dingtalk.corp.extcontact.update"}, {"v", "2.0"}, {"format", "json"}, {"session", accessToken},
		{"app_key", "12345678"}, {"sign_method", "hmac"}, {"timestamp", now("%Y-%m-%d %H:%M:%S", 8)},
		{"contact", R"({"title":"开发工程师","label_ids":[1,2,3],"share_dept_ids":[1,2,3],"address":"地址内容","remark":"备注内容",)"
			R"("follower_user_id":"023420013645","name":"张三","user_id":"123420013632","company_name":"钉钉",)"
			R"("share_user_ids":["023420013644"]})"},
	};
	std::string text;
	for (const auto &[name, value] : parameters)
		text += name + value;
	std::string sign;
	for (unsigned char byte : hmac(EVP_md5(), secret, text)) {
		sign += "0123456789ABCDEF"[byte >> 4];
		sign += "0123456789ABCDEF"[byte & 15];
	}
	parameters["sign"] = sign;
	return send("POST", "/router/rest", query(parameters));
}

Answer makeVisible(const std::string &token)
{
	return send("PUT", "/v1.0/contact/orgAccounts/mobiles/visibleInOtherOrg",
		R"({"toCorpIds":["ding12345678"],"optUserId":"102530009661373952","fields":["mobile"]})",
		{"x-acs-dingtalk-access-token: " + token, "Content-Type: application/json"});
}

// The RPC signature V1 is HMAC-SHA1 over the method and the encoded query, sorted by name.
Answer updateMessageContact(const std::string &method, const std::string &secret)
{
	std::random_device random;
	Parameters parameters = {
		{"Action", "UpdateMessageContact"}, {"Version", "2022-04-19"}, {"Format", "JSON"}, {"AccessKeyId", "testAccessKeyId"},
		{"SignatureMethod", "HMAC-SHA1"}, {"SignatureVersion", "1.0"}, {"SignatureNonce", std::to_string(random()) + std::to_string(random())},
		{"Timestamp", now("%Y-%m-%dT%H:%M:%SZ", 0)},
		{"ContactId", "c-qL4HqKONzOM7abcd"}, {"Name", "tom"}, {"EmailAddress", "someone@example.com"},
		{"PhoneNumber", "86-13900001234"}, {"Title", "TechnicalDirector"}, {"MessageTypes.1", "AccountExpenses"},
	};
	const auto sum = hmac(EVP_sha1(), secret + "&", method + "&%2F&" + encode(query(parameters)));
	std::vector<unsigned char> signature(2 * sum.size() + 4);
	const int length = EVP_EncodeBlock(signature.data(), sum.data(), static_cast<int>(sum.size()));
	parameters["Signature"] = std::string(signature.begin(), signature.begin() + length);
	if (method == "GET")
		return send("GET", "/?" + query(parameters));
	return send("POST", "/", query(parameters));
}

void check(const std::string &name, const std::function<Answer()> &call, long status, const std::string &part)
{
	static int number = 0;
	bool passed = false;
	try {
		const Answer answer = call();
		passed = answer.status == status && answer.body.find(part) != std::string::npos;
		if (!passed)
			std::cerr << name << ": got " << answer.status << " " << answer.body << "\n";
	} catch (const std::exception &e) {
		std::cerr << name << ": " << e.what() << "\n";
	}
	std::cout << (passed ? "ok " : "not ok ") << ++number << " - C++: " << name << "\n";
}

} // namespace

int main()
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
	check("external contact over TOP, signed", [] { return updateExternalContact("helloworld"); }, 200, R"("success":true)");
	check("wrong secret over TOP", [] { return updateExternalContact("wrong"); }, 200, R"("code":25,)");
	check("visible in another organisation", [] { return makeVisible(accessToken); }, 200, R"({"result":true})");
	check("unknown token", [] { return makeVisible("no-such-token"); }, 400, R"("code":"InvalidAuthentication")");
	check("message contact by GET, signed", [] { return updateMessageContact("GET", "testAccessKeySecret"); }, 200, R"({"RequestId":")");
	check("message contact by POST, signed", [] { return updateMessageContact("POST", "testAccessKeySecret"); }, 200, R"({"RequestId":")");
	check("wrong secret over RPC", [] { return updateMessageContact("GET", "wrong"); }, 400, R"("SignatureDoesNotMatch")");
	curl_global_cleanup();
}
