package fixedhosts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.alibaba.fastjson.JSONObject;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import me.zhyd.oauth.config.AuthConfig;
import me.zhyd.oauth.model.AuthCallback;
import me.zhyd.oauth.model.AuthResponse;
import me.zhyd.oauth.model.AuthUser;
import me.zhyd.oauth.request.AuthDingTalkAccountRequest;
import me.zhyd.oauth.request.AuthDingTalkRequest;
import me.zhyd.oauth.request.AuthDingTalkV2Request;
import me.zhyd.oauth.request.AuthRequest;
import org.junit.jupiter.api.Test;

/** JustAuth's own DingTalk requests: the older QR and account logins, and the present one. */
class JustAuthTest {
    private static final Pattern TOKEN = Pattern.compile("name=\"token\" value=\"([^\"]+)\"");

    private final AuthConfig config = AuthConfig.builder().clientId("dingsampleappkey01").clientSecret("sample-app-secret-0001")
            .redirectUri(System.getenv("MINGCE_BACK")).build();

    @Test
    void qrCode() throws Exception {
        AuthUser user = logIn(new AuthDingTalkRequest(config));
        assertEquals("王芳", user.getNickname());
        assertTrue(user.getRawUserInfo().containsKey("main_org_auth_high_level"));
    }

    @Test
    void account() throws Exception {
        assertEquals("王芳", logIn(new AuthDingTalkAccountRequest(config)).getNickname());
    }

    @Test
    void v2() throws Exception {
        AuthUser user = logIn(new AuthDingTalkV2Request(config));
        assertEquals("王芳", user.getNickname());
        JSONObject raw = user.getRawUserInfo();
        assertEquals(Boolean.FALSE, raw.getBoolean("visitor"));
    }

    @Test
    void onePersonInEveryWay() throws Exception {
        assertEquals(logIn(new AuthDingTalkRequest(config)).getUuid(), logIn(new AuthDingTalkV2Request(config)).getUuid());
    }

    private static AuthUser logIn(AuthRequest request) throws Exception {
        String state = "s" + System.nanoTime();
        URI page = URI.create(request.authorize(state));
        HttpClient browser = HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
        HttpResponse<String> shown = browser.send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString());
        var token = TOKEN.matcher(shown.body());
        assertTrue(token.find(), "login page: got " + shown.statusCode() + " without a form");
        HttpRequest form = HttpRequest.newBuilder(page).header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("userid=023420013645&token=" + encoded(token.group(1)))).build();
        HttpResponse<String> answer = browser.send(form, HttpResponse.BodyHandlers.ofString());
        assertEquals(303, answer.statusCode());
        String query = URI.create(answer.headers().firstValue("Location").orElseThrow()).getRawQuery();
        AuthCallback callback = AuthCallback.builder().code(parameter(query, "code")).state(parameter(query, "state")).build();
        AuthResponse<AuthUser> result = request.login(callback);
        assertTrue(result.ok(), result.getMsg());
        return result.getData();
    }

    private static String parameter(String query, String name) {
        for (String part : query.split("&")) {
            if (part.startsWith(name + "=")) {
                return part.substring(name.length() + 1);
            }
        }
        throw new AssertionError("no " + name + " in " + query);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
