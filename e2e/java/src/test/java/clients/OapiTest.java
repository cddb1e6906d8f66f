package clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dingtalk.api.DefaultDingTalkClient;
import com.dingtalk.api.request.OapiAuthScopesRequest;
import com.dingtalk.api.request.OapiExtcontactCreateRequest;
import com.dingtalk.api.request.OapiExtcontactDeleteRequest;
import com.dingtalk.api.request.OapiExtcontactGetRequest;
import com.dingtalk.api.request.OapiExtcontactListRequest;
import com.dingtalk.api.request.OapiGettokenRequest;
import com.dingtalk.api.request.OapiV2DepartmentCreateRequest;
import com.dingtalk.api.request.OapiV2DepartmentDeleteRequest;
import com.dingtalk.api.request.OapiV2DepartmentGetRequest;
import com.dingtalk.api.request.OapiV2UserCreateRequest;
import com.dingtalk.api.request.OapiV2UserDeleteRequest;
import com.dingtalk.api.request.OapiV2UserGetRequest;
import com.taobao.api.TaobaoRequest;
import com.taobao.api.TaobaoResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/** alibaba-dingtalk-service-sdk over DingTalk's own gateway. */
class OapiTest {
	private static <T extends TaobaoResponse> T call(String path, TaobaoRequest<T> request) throws Exception {
		return new DefaultDingTalkClient(Sample.URL + path).execute(request, Sample.TOKEN);
	}

	private static OapiGettokenRequest token(String secret) {
		OapiGettokenRequest request = new OapiGettokenRequest();
		request.setHttpMethod("GET");
		request.setAppkey(Sample.APP_KEY);
		request.setAppsecret(secret);
		return request;
	}

	@Test
	void tokenThenCall() throws Exception {
		DefaultDingTalkClient client = new DefaultDingTalkClient(Sample.URL + "/gettoken");
		var issued = client.execute(token(Sample.APP_SECRET));
		assertEquals(7200L, issued.getExpiresIn(), issued.getBody());
		OapiAuthScopesRequest scopes = new OapiAuthScopesRequest();
		scopes.setHttpMethod("GET");
		var got = new DefaultDingTalkClient(Sample.URL + "/auth/scopes").execute(scopes, issued.getAccessToken());
		assertTrue(got.isSuccess(), got.getBody());
		assertEquals(List.of(1L), got.getAuthOrgScopes().getAuthedDept());
		assertEquals(40096L, client.execute(token("wrong")).getErrcode());
	}

	private static OapiExtcontactCreateRequest create(String mobile) {
		OapiExtcontactCreateRequest.OpenExtContact contact = new OapiExtcontactCreateRequest.OpenExtContact();
		contact.setName("司马光");
		contact.setFollowerUserId(Sample.FOLLOWER);
		contact.setStateCode("86");
		contact.setMobile(mobile);
		contact.setLabelIds(List.of(2L, 2393865715L));
		OapiExtcontactCreateRequest request = new OapiExtcontactCreateRequest();
		request.setContact(contact);
		return request;
	}

	@Test
	void externalContact() throws Exception {
		String mobile = Sample.unusedMobile();
		var created = call("/topapi/extcontact/create", create(mobile));
		assertTrue(created.isSuccess(), created.getBody());
		assertEquals(22005L, call("/topapi/extcontact/create", create(mobile)).getErrcode());

		OapiExtcontactGetRequest get = new OapiExtcontactGetRequest();
		get.setUserId(created.getUserid());
		var got = call("/topapi/extcontact/get", get).getResult();
		assertEquals(mobile, got.getMobile());
		assertEquals(List.of(2L, 2393865715L), got.getLabelIds());

		OapiExtcontactListRequest list = new OapiExtcontactListRequest();
		list.setOffset(0L);
		list.setSize(100L);
		assertTrue(call("/topapi/extcontact/list", list).getResults().stream().anyMatch(c -> c.getMobile().equals(mobile)));

		OapiExtcontactDeleteRequest delete = new OapiExtcontactDeleteRequest();
		delete.setUserId(created.getUserid());
		assertTrue(call("/topapi/extcontact/delete", delete).isSuccess());
		assertEquals(33012L, call("/topapi/extcontact/get", get).getErrcode());
	}

	@Test
	void departmentAndEmployee() throws Exception {
		OapiV2DepartmentCreateRequest open = new OapiV2DepartmentCreateRequest();
		open.setName("测试部");
		open.setParentId(1L);
		var opened = call("/topapi/v2/department/create", open);
		assertTrue(opened.isSuccess(), opened.getBody());
		long department = opened.getResult().getDeptId();
		OapiV2DepartmentGetRequest read = new OapiV2DepartmentGetRequest();
		read.setDeptId(department);
		assertEquals("测试部", call("/topapi/v2/department/get", read).getResult().getName());

		OapiV2UserCreateRequest hire = new OapiV2UserCreateRequest();
		hire.setName("苏轼");
		hire.setMobile(Sample.unusedMobile());
		hire.setDeptIdList(Long.toString(department));
		var hired = call("/topapi/v2/user/create", hire);
		assertTrue(hired.isSuccess(), hired.getBody());
		OapiV2UserGetRequest get = new OapiV2UserGetRequest();
		get.setUserid(hired.getResult().getUserid());
		assertEquals(List.of(department), call("/topapi/v2/user/get", get).getResult().getDeptIdList());

		OapiV2UserDeleteRequest dismiss = new OapiV2UserDeleteRequest();
		dismiss.setUserid(hired.getResult().getUserid());
		assertTrue(call("/topapi/v2/user/delete", dismiss).isSuccess());
		assertEquals(60121L, call("/topapi/v2/user/get", get).getErrcode());
		OapiV2DepartmentDeleteRequest close = new OapiV2DepartmentDeleteRequest();
		close.setDeptId(department);
		assertTrue(call("/topapi/v2/department/delete", close).isSuccess());
	}

	@Test
	void signedByTheApp() throws Exception {
		OapiExtcontactGetRequest get = new OapiExtcontactGetRequest();
		get.setUserId(Sample.CONTACT);
		DefaultDingTalkClient client = new DefaultDingTalkClient(Sample.URL + "/topapi/extcontact/get");
		var got = client.execute(get, Sample.APP_KEY, Sample.APP_SECRET);
		assertEquals(Sample.CONTACT, got.getResult().getUserid(), got.getBody());
		assertTrue(client.execute(get, Sample.APP_KEY, Sample.APP_SECRET, "ticket").isSuccess());
		var refused = client.execute(get, Sample.APP_KEY, "wrong");
		assertEquals(List.of("88", "853004"), List.of(refused.getErrorCode(), refused.getSubCode()), refused.getBody());
	}

	@Test
	void unknownToken() throws Exception {
		OapiExtcontactGetRequest get = new OapiExtcontactGetRequest();
		get.setUserId(Sample.CONTACT);
		var refused = new DefaultDingTalkClient(Sample.URL + "/topapi/extcontact/get").execute(get, "no-such-token");
		assertEquals(List.of("88", "40014"), List.of(refused.getErrorCode(), refused.getSubCode()), refused.getBody());
	}
}
