package clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.aliyun.dingtalkcontact_1_0.Client;
import com.aliyun.dingtalkcontact_1_0.models.*;
import com.aliyun.dingtalkoauth2_1_0.models.GetAccessTokenRequest;
import com.aliyun.dingtalkoauth2_1_0.models.GetTokenRequest;
import com.aliyun.dingtalkoauth2_1_0.models.GetUserTokenRequest;
import com.aliyun.tea.TeaException;
import com.aliyun.teaopenapi.models.Config;
import com.aliyun.teautil.models.RuntimeOptions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** com.aliyun:dingtalk, with the sample of 001_ae1dd7d1f9d1fdf1.txt. */
class DingTalkTest {
	private final RuntimeOptions runtime = new RuntimeOptions();

	private static Config config() {
		Config config = new Config();
		config.protocol = Sample.SCHEME;
		config.regionId = "central";
		config.endpoint = Sample.HOST;
		return config;
	}

	private static Client contact() throws Exception {
		return new Client(config());
	}

	private static com.aliyun.dingtalkoauth2_1_0.Client oauth2() throws Exception {
		return new com.aliyun.dingtalkoauth2_1_0.Client(config());
	}

	private boolean grant(String token, String by) throws Exception {
		OrgAccountMobileVisibleInOtherOrgHeaders headers = new OrgAccountMobileVisibleInOtherOrgHeaders();
		headers.xAcsDingtalkAccessToken = token;
		OrgAccountMobileVisibleInOtherOrgRequest request = new OrgAccountMobileVisibleInOtherOrgRequest()
			.setToCorpIds(List.of(Sample.CORP_B)).setOptUserId(by).setFields(List.of("mobile"));
		return contact().orgAccountMobileVisibleInOtherOrgWithOptions(request, headers, runtime).body.result;
	}

	private static TeaException refused(String code, int status, Executable call) {
		TeaException e = assertThrows(TeaException.class, call);
		assertEquals(code, e.getCode(), e.getMessage());
		assertEquals(status, e.getStatusCode());
		return e;
	}

	@Test
	void tokenThenGrant() throws Exception {
		var issued = oauth2().getAccessToken(
			new GetAccessTokenRequest().setAppKey(Sample.APP_KEY).setAppSecret(Sample.APP_SECRET)).body;
		assertEquals(7200L, issued.expireIn);
		assertTrue(grant(issued.accessToken, Sample.ADMIN));
	}

	@Test
	void unifiedToken() throws Exception {
		var issued = oauth2().getToken(Sample.CORP_A, new GetTokenRequest()
			.setClientId(Sample.APP_KEY).setClientSecret(Sample.APP_SECRET).setGrantType("client_credentials")).body;
		assertTrue(grant(issued.accessToken, Sample.ADMIN));
	}

	@Test
	void disabledEnabledSignedOut() throws Exception {
		SetEnableHeaders enable = new SetEnableHeaders();
		enable.xAcsDingtalkAccessToken = Sample.TOKEN;
		assertTrue(contact().setEnableWithOptions(new SetEnableRequest().setUserId("org1002"), enable, runtime).body.result);
		QueryStatusHeaders query = new QueryStatusHeaders();
		query.xAcsDingtalkAccessToken = Sample.TOKEN;
		QueryStatusRequest status = new QueryStatusRequest().setUserId("org1002");
		assertEquals(false, contact().queryStatusWithOptions(status, query, runtime).body.disable);

		SetDisableHeaders disable = new SetDisableHeaders();
		disable.xAcsDingtalkAccessToken = Sample.TOKEN;
		assertTrue(contact().setDisableWithOptions(
			new SetDisableRequest().setUserId("org1002").setReason("离职"), disable, runtime).body.result);
		assertEquals(true, contact().queryStatusWithOptions(status, query, runtime).body.disable);
		SignOutHeaders signOut = new SignOutHeaders();
		signOut.xAcsDingtalkAccessToken = Sample.TOKEN;
		assertTrue(contact().signOutWithOptions(
			new SignOutRequest().setUserId("org1002").setReason("请重新登录"), signOut, runtime).body.result);
	}

	@Test
	void searches() throws Exception {
		SearchUserHeaders headers = new SearchUserHeaders();
		headers.xAcsDingtalkAccessToken = Sample.TOKEN;
		var users = contact().searchUserWithOptions(
			new SearchUserRequest().setQueryWord("陈静").setOffset(0).setSize(10), headers, runtime).body;
		assertEquals(List.of("org1001"), users.list);
		SearchDepartmentHeaders departments = new SearchDepartmentHeaders();
		departments.xAcsDingtalkAccessToken = Sample.TOKEN;
		assertEquals(List.of(3L), contact().searchDepartmentWithOptions(
			new SearchDepartmentRequest().setQueryWord("研发").setOffset(0).setSize(10), departments, runtime).body.list);
		GetOrgAuthInfoHeaders info = new GetOrgAuthInfoHeaders();
		info.xAcsDingtalkAccessToken = Sample.TOKEN;
		assertEquals("示例科技", contact().getOrgAuthInfoWithOptions(new GetOrgAuthInfoRequest(), info, runtime).body.orgName);
	}

	@Test
	void operationWithoutAResult() throws Exception {
		MultiOrgPermissionGrantHeaders headers = new MultiOrgPermissionGrantHeaders();
		headers.xAcsDingtalkAccessToken = Sample.TOKEN;
		var answer = contact().multiOrgPermissionGrantWithOptions(new MultiOrgPermissionGrantRequest()
			.setJoinCorpId(Sample.CORP_B).setGrantDeptIdList(List.of(2L)), headers, runtime);
		assertEquals(200, answer.statusCode);
	}

	@Test
	void errors() {
		TeaException e = refused("invalid.param", 400, () -> grant(Sample.TOKEN, "nobody"));
		assertTrue(e.getMessage().contains("参数无效"), e.getMessage());
		refused("InvalidAuthentication", 400, () -> grant("no-such-token", Sample.ADMIN));
		e = refused("Forbidden.AccessDenied.AccessTokenPermissionDenied", 403,
			() -> grant(Sample.TOKEN_WITHOUT_PERMITS, Sample.ADMIN));
		assertEquals(Map.of("requiredScopes", List.of("Contact.OrgAccount.VisiblityInOtherOrg")), e.getAccessDeniedDetail());
		refused("invalidParameter.authCode.notFound", 400, () -> oauth2().getUserToken(new GetUserTokenRequest().setClientId(Sample.APP_KEY)
			.setClientSecret(Sample.APP_SECRET).setCode("x").setGrantType("authorization_code")));
		ChangeDingTalkIdHeaders headers = new ChangeDingTalkIdHeaders();
		headers.xAcsDingtalkAccessToken = Sample.TOKEN;
		refused("InvalidAction.NotFound", 404, () -> contact().changeDingTalkIdWithOptions(
			new ChangeDingTalkIdRequest().setUserId("org1001").setDingTalkId("chenjing1"), headers, runtime));
	}
}
