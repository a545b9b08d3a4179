package dev.synthlab.external;

import static dev.synthlab.test.Replies.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.synthlab.call.CallException;
import dev.synthlab.http.Body;
import dev.synthlab.http.Resolver;
import dev.synthlab.test.ScriptedServer;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where addresses from outside and redirects lead, and where never. */
@Timeout(20)
class PublicAddressesOnlyTest {
  private final ScriptedServer inside = ScriptedServer.inTurn(json(200, "{\"secret\":1}"));
  private final AtomicInteger lookups = new AtomicInteger();
  private Weather weather = Weather.inTurn(json(200, "{}"));

  @AfterEach
  void close() {
    weather.close();
    inside.close();
  }

  private ApiClient client(ApiService service, ScriptedServer.Reply... replies) {
    return client(service, Resolver.system(), replies);
  }

  private ApiClient client(ApiService service, Resolver resolver, ScriptedServer.Reply... replies) {
    weather.close();
    weather = new Weather(ScriptedServer.inTurn(replies), resolver);
    return weather.as(service).client();
  }

  private static ApiService guarded() {
    return ApiService.named("weather").withRedirects(5).withPublicAddressesOnly();
  }

  private URI to(String host) {
    return URI.create("http://" + host + ":" + inside.port() + "/x");
  }

  private static ScriptedServer.Reply redirect(int status, Object to) {
    return json(status, "", "Location", to.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"})
  void blocksNamesAndAddressesThatAreNotPublic(String host) {
    ApiClient api = client(guarded(), json(200, "{}"));

    assertThatExceptionOfType(ApiException.AddressBlocked.class)
        .isThrownBy(() -> api.get(to(host)).send())
        .withMessageContaining("no public address");

    assertThat(inside.connections()).isZero();
  }

  @Test
  void blocksANameThatResolvesToAPrivateAddress() throws Exception {
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    ApiClient api = client(guarded(), host -> List.of(loopback), json(200, "{}"));

    assertThatExceptionOfType(ApiException.AddressBlocked.class)
        .isThrownBy(() -> api.get(to("public.test")).send())
        .withMessageContaining("public.test leads to 127.0.0.1");

    assertThat(inside.connections()).isZero();
  }

  @Test
  void blocksANameWithPublicAndPrivateAddresses() throws Exception {
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    InetAddress outside = InetAddress.getByName("198.41.0.4");
    ApiClient api = client(guarded(), host -> List.of(outside, loopback), json(200, "{}"));

    assertThatExceptionOfType(ApiException.AddressBlocked.class)
        .isThrownBy(() -> api.get(to("public.test")).send());
  }

  @Test
  void checksTheConnectedAddressInsteadOfAnEarlierLookup() throws Exception {
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    ApiClient api =
        client(
            ApiService.named("weather").withKey(ApiKeyLocation.none()),
            host -> {
              lookups.incrementAndGet();
              return List.of(loopback);
            },
            json(200, "{}"));
    URI address = to("rebinding.test");

    api.get(address).send(); // leaves a connection behind that leads inside
    assertThatExceptionOfType(ApiException.AddressBlocked.class)
        .isThrownBy(() -> api.get(address).publicOnly().send());

    assertThat(inside.seen()).hasSize(1);
    assertThat(lookups).hasValue(2);
  }

  @Test
  void blocksARedirectToCloudMetadata() {
    ApiClient api = client(guarded(), redirect(302, "http://169.254.169.254/latest/meta-data/"));

    assertThatExceptionOfType(ApiException.AddressBlocked.class)
        .isThrownBy(() -> api.get("/x").send())
        .withMessageContaining("169.254.169.254");

    assertThat(weather.requests()).isEqualTo(1);
  }

  @Test
  void blocksARedirectToAPrivateAddress() {
    ApiClient api = client(guarded(), redirect(307, to("localhost")));

    assertThatExceptionOfType(ApiException.AddressBlocked.class)
        .isThrownBy(() -> api.get("/x").send());

    assertThat(inside.connections()).isZero();
  }

  @Test
  void allowsAPrivateBaseUrl() {
    client(guarded(), json(200, "{}")).get("/x").send();

    assertThat(weather.requests()).isEqualTo(1);
  }

  @Test
  void sendsNoKeyToAnAbsoluteUrl() {
    ApiClient api = client(ApiService.named("weather"), json(200, "{}"));

    api.get(to("127.0.0.1")).send();
    api.get(weather.server.base()).send();

    assertThat(inside.seen().getFirst().headers().toString()).doesNotContain(Weather.KEY);
    assertThat(weather.server.seen().getFirst().headers().toString()).doesNotContain(Weather.KEY);
  }

  @Test
  void followsNoRedirectByDefault() {
    ApiClient api = client(ApiService.named("weather"), redirect(302, to("127.0.0.1")));

    assertThatExceptionOfType(CallException.Redirected.class)
        .isThrownBy(() -> api.get("/x").send());

    assertThat(inside.connections()).isZero();
  }

  @Test
  void followsARedirectWithinTheServiceWithItsKey() {
    ApiClient api =
        client(
            ApiService.named("weather").withRedirects(1),
            redirect(302, "other?a=b"),
            json(200, "{}"));

    api.get("/x/y").header("X-Mine", "1").send();

    ScriptedServer.Seen second = weather.server.seen().get(1);
    assertThat(second.path()).isEqualTo("/v1/x/other?a=b");
    assertThat(second.header("authorization")).contains(Weather.KEY);
    assertThat(second.header("x-mine")).isEqualTo("1");
  }

  @Test
  void sendsNoKeyAndHeadersToAnotherOrigin() {
    ApiClient api =
        client(
            ApiService.named("weather").withRedirects(1).withHeader("X-Tenant", "t"),
            redirect(307, to("127.0.0.1")));

    api.post("/x")
        .header("Cookie", "c=1")
        .header("Accept", "text/plain")
        .idempotencyKey("k")
        .send();

    ScriptedServer.Seen there = inside.seen().getFirst();
    assertThat(there.method()).isEqualTo("POST");
    assertThat(there.headers())
        .doesNotContainKeys("authorization", "cookie", "x-tenant", "idempotency-key")
        .containsEntry("accept", "text/plain");
  }

  @ParameterizedTest
  @CsvSource({
    "301,POST,GET",
    "302,POST,GET",
    "303,PUT,GET",
    "303,HEAD,HEAD",
    "307,PUT,PUT",
    "308,POST,POST"
  })
  void changesTheMethodByStatus(int status, String method, String then) {
    ApiClient api =
        client(
            ApiService.named("weather").withRedirects(1), redirect(status, "/v1/b"), json(200, ""));

    ApiCall call = api.call(method, "/a");
    if (!method.equals("HEAD")) {
      call.body(new Body.Bytes(new byte[] {'x'}, "text/plain"));
    }
    call.send();

    ScriptedServer.Seen second = weather.server.seen().get(1);
    assertThat(second.method()).isEqualTo(then);
    assertThat(second.body()).isEqualTo(then.equals(method) && !then.equals("HEAD") ? "x" : "");
  }

  @Test
  void followsNoMoreRedirectsThanTheMaximum() {
    ApiClient api =
        client(ApiService.named("weather").withRedirects(3), redirect(302, "/v1/round"));

    assertThatExceptionOfType(CallException.Redirected.class)
        .isThrownBy(() -> api.get("/x").send());

    assertThat(weather.requests()).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///etc/passwd",
        "gopher://x",
        "//x/y",
        "http:///x",
        "http://127.1/",
        "http://a:b@x/"
      })
  void acceptsHttpUrlsOnly(String address) {
    ApiClient api = client(ApiService.named("weather"), json(200, "{}"));

    assertThatIllegalArgumentException().isThrownBy(() -> api.get(URI.create(address)));
  }
}
