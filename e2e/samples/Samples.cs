// The three sample requests of the vendors' pages, sent with .NET's own classes.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Security.Cryptography;
using System.Text;

static class Samples
{
	const string AccessToken = "101w3c04ffa2386da6530e5123bdf260";
	static readonly string Base = "http://" + Environment.GetEnvironmentVariable("MINGCE_HOST");
	static readonly UTF8Encoding UTF8 = new UTF8Encoding(false);

	class Answer
	{
		public int Status;
		public string Body;
		public bool Is(int status, string part) { return Status == status && Body.Contains(part); }
		public override string ToString() { return Status + " " + Body; }
	}

	static Answer Send(string method, string url, string body, string contentType, string token)
	{
		var request = (HttpWebRequest)WebRequest.Create(url);
		request.Method = method;
		request.Proxy = null;
		if (token != null) request.Headers["x-acs-dingtalk-access-token"] = token;
		if (body != null)
		{
			byte[] content = UTF8.GetBytes(body);
			request.ContentType = contentType;
			request.ContentLength = content.Length;
			using (var stream = request.GetRequestStream()) stream.Write(content, 0, content.Length);
		}
		HttpWebResponse response;
		try { response = (HttpWebResponse)request.GetResponse(); }
		catch (WebException e) when (e.Response != null) { response = (HttpWebResponse)e.Response; }
		using (response)
		using (var reader = new StreamReader(response.GetResponseStream(), UTF8))
			return new Answer { Status = (int)response.StatusCode, Body = reader.ReadToEnd() };
	}

	/// Encodes as RFC 3986 says: all but letters, digits, - _ . ~
	static string Encode(string text)
	{
		var encoded = new StringBuilder();
		foreach (byte b in UTF8.GetBytes(text))
		{
			char c = (char)b;
			if (c < 128 && (char.IsLetterOrDigit(c) || "-_.~".IndexOf(c) >= 0)) encoded.Append(c);
			else encoded.Append('%').Append(b.ToString("X2"));
		}
		return encoded.ToString();
	}

	static string Query(IDictionary<string, string> parameters)
	{
		return string.Join("&", parameters.Select(p => Encode(p.Key) + "=" + Encode(p.Value)));
	}

	/// Parameters in the order of their names' bytes, as both signatures want them.
	static SortedDictionary<string, string> Sorted()
	{
		return new SortedDictionary<string, string>(StringComparer.Ordinal);
	}

	static Answer UpdateExternalContact(string secret)
	{
		const string contact = "{\"title\":\"开发工程师\",\"label_ids\":[1,2,3],\"share_dept_ids\":[1,2,3],\"address\":\"地址内容\","
			+ "\"remark\":\"备注内容\",\"follower_user_id\":\"023420013645\",\"name\":\"张三\",\"user_id\":\"123420013632\","
			+ "\"company_name\":\"钉钉\",\"share_user_ids\":[\"023420013644\"]}";
		var parameters = Sorted();
		parameters["method"] = "dingtalk.corp.extcontact.update";
		parameters["v"] = "2.0";
		parameters["format"] = "json";
		parameters["session"] = AccessToken;
		parameters["app_key"] = "12345678";
		parameters["sign_method"] = "hmac";
		parameters["timestamp"] = DateTime.UtcNow.AddHours(8).ToString("yyyy-MM-dd HH:mm:ss");
		parameters["contact"] = contact;
		string text = string.Concat(parameters.Select(p => p.Key + p.Value));
		using (var mac = new HMACMD5(UTF8.GetBytes(secret)))
			parameters["sign"] = BitConverter.ToString(mac.ComputeHash(UTF8.GetBytes(text))).Replace("-", "");
		return Send("POST", Base + "/router/rest", Query(parameters), "application/x-www-form-urlencoded;charset=utf-8", null);
	}

	static Answer MakeVisible(string token)
	{
		return Send("PUT", Base + "/v1.0/contact/orgAccounts/mobiles/visibleInOtherOrg",
			"{\"toCorpIds\":[\"ding12345678\"],\"optUserId\":\"102530009661373952\",\"fields\":[\"mobile\"]}", "application/json", token);
	}

	/// The RPC signature V1 is HMAC-SHA1 over the method and the encoded query, sorted by name.
	static Answer UpdateMessageContact(string method, string secret)
	{
		var parameters = Sorted();
		parameters["Action"] = "UpdateMessageContact";
		parameters["Version"] = "2022-04-19";
		parameters["Format"] = "JSON";
		parameters["AccessKeyId"] = "testAccessKeyId";
		parameters["SignatureMethod"] = "HMAC-SHA1";
		parameters["SignatureVersion"] = "1.0";
		parameters["SignatureNonce"] = Guid.NewGuid().ToString();
		parameters["Timestamp"] = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
		parameters["ContactId"] = "c-qL4HqKONzOM7abcd";
		parameters["Name"] = "tom";
		parameters["EmailAddress"] = "someone@example.com";
		parameters["PhoneNumber"] = "86-13900001234";
		parameters["Title"] = "TechnicalDirector";
		parameters["MessageTypes.1"] = "AccountExpenses";
		using (var mac = new HMACSHA1(UTF8.GetBytes(secret + "&")))
		{
			byte[] sum = mac.ComputeHash(UTF8.GetBytes(method + "&%2F&" + Encode(Query(parameters))));
			parameters["Signature"] = Convert.ToBase64String(sum);
		}
		if (method == "GET") return Send("GET", Base + "/?" + Query(parameters), null, null, null);
		return Send("POST", Base + "/", Query(parameters), "application/x-www-form-urlencoded", null);
	}

	static int number;

	static void Case(string name, Func<Answer> call, int status, string part)
	{
		bool passed = false;
		try
		{
			Answer answer = call();
			passed = answer.Is(status, part);
			if (!passed) Console.Error.WriteLine(name + ": got " + answer);
		}
		catch (Exception e) { Console.Error.WriteLine(name + ": " + e); }
		Console.WriteLine("{0} {1} - .NET: {2}", passed ? "ok" : "not ok", ++number, name);
	}

	static void Main()
	{
		Case("external contact over TOP, signed", () => UpdateExternalContact("helloworld"), 200, "\"success\":true");
		Case("wrong secret over TOP", () => UpdateExternalContact("wrong"), 200, "\"code\":25,");
		Case("visible in another organisation", () => MakeVisible(AccessToken), 200, "{\"result\":true}");
		Case("unknown token", () => MakeVisible("no-such-token"), 400, "\"code\":\"InvalidAuthentication\"");
		Case("message contact by GET, signed", () => UpdateMessageContact("GET", "testAccessKeySecret"), 200, "{\"RequestId\":\"");
		Case("message contact by POST, signed", () => UpdateMessageContact("POST", "testAccessKeySecret"), 200, "{\"RequestId\":\"");
		Case("wrong secret over RPC", () => UpdateMessageContact("GET", "wrong"), 400, "\"SignatureDoesNotMatch\"");
	}
}
