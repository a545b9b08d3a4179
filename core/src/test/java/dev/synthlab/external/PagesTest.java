package dev.synthlab.external;

import static dev.synthlab.test.Replies.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.http.Headers;
import dev.synthlab.test.ScriptedServer.Reply;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class PagesTest {
  record Page(List<Integer> items, Optional<String> next) {}

  private Weather weather = Weather.inTurn(json(200, "{}"));

  @AfterEach
  void close() {
    weather.close();
  }

  private ApiClient answering(Reply... replies) {
    weather.close();
    weather = Weather.inTurn(replies);
    return weather.client();
  }

  private List<String> paths() {
    return weather.server.seen().stream().map(each -> each.path()).toList();
  }

  @Test
  void followsTheLinkOfEachPage() {
    ApiClient api =
        answering(
            json(200, "[1,2]", "Link", "</v1/a?page=2>; rel=\"next\", </v1/a?page=9>; rel=last"),
            json(200, "[3]", "Link", "</v1/a?page=1>; rel=\"prev first\""));

    List<Integer> all =
        api.get("/a").query("q", "x").pagesByLink(Integer[].class).items(Arrays::asList).toList();

    assertThat(all).containsExactly(1, 2, 3);
    assertThat(paths()).containsExactly("/v1/a?q=x", "/v1/a?page=2");
    assertThat(weather.server.seen().get(1).header("authorization")).contains(Weather.KEY);
  }

  @Test
  void followsTheCursorOfEachPage() {
    ApiClient api =
        answering(
            json(200, "{\"items\":[1],\"next\":\"c 1\"}"),
            json(200, "{\"items\":[2],\"next\":\"c2\"}"),
            json(200, "{\"items\":[3]}"));

    List<Integer> all =
        api.get("/a")
            .query("limit", 1)
            .pagesByCursor("cursor", Page.class, Page::next)
            .items(Page::items)
            .toList();

    assertThat(all).containsExactly(1, 2, 3);
    assertThat(paths())
        .containsExactly("/v1/a?limit=1", "/v1/a?limit=1&cursor=c%201", "/v1/a?limit=1&cursor=c2");
  }

  @Test
  void countsThePages() {
    ApiClient api =
        answering(
            json(200, "{\"items\":[1]}"),
            json(200, "{\"items\":[2]}"),
            json(200, "{\"items\":[]}"));

    List<Integer> all =
        api.get("/a")
            .pagesByNumber("page", Page.class, page -> !page.items().isEmpty())
            .items(Page::items)
            .toList();

    assertThat(all).containsExactly(1, 2);
    assertThat(paths()).containsExactly("/v1/a?page=1", "/v1/a?page=2", "/v1/a?page=3");
  }

  @Test
  void fetchesAPageOnDemand() {
    ApiClient api = answering(json(200, "{\"items\":[1,2],\"next\":\"c\"}"));

    Pages<Page> pages = api.get("/a").pagesByCursor("cursor", Page.class, Page::next);
    Optional<Integer> first = pages.items(Page::items).findFirst();

    assertThat(first).contains(1);
    assertThat(weather.requests()).isEqualTo(1);
  }

  @Test
  void failsWhenACursorRepeats() {
    ApiClient api = answering(json(200, "{\"items\":[1],\"next\":\"same\"}"));
    Pages<Page> pages = api.get("/a").pagesByCursor("cursor", Page.class, Page::next);

    assertThatExceptionOfType(ApiException.InvalidResponse.class)
        .isThrownBy(() -> pages.items(Page::items).toList())
        .withMessageContaining("circular");

    assertThat(weather.requests()).isEqualTo(2);
  }

  @Test
  void failsWhenThereAreMorePagesThanTheMaximum() {
    ApiClient api = answering(json(200, "{\"items\":[1]}"));
    Pages<Page> pages =
        api.get("/a").pagesByNumber("page", Page.class, page -> true).withMaxPages(4);

    assertThatExceptionOfType(ApiException.InvalidResponse.class)
        .isThrownBy(() -> pages.forEach(page -> {}))
        .withMessageContaining("more than 4 pages");

    assertThat(weather.requests()).isEqualTo(4);
  }

  @Test
  void sendsNoKeyToAnotherServer() {
    ApiClient api =
        answering(json(200, "[1]", "Link", "<http://127.0.0.1:1/v1/a?page=2>; rel=\"next\""));
    Pages<Integer[]> pages = api.get("/a").pagesByLink(Integer[].class);

    assertThatExceptionOfType(ApiException.InvalidResponse.class)
        .isThrownBy(() -> pages.forEach(page -> {}))
        .withMessageContaining("another server");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<a>; rel=next|a",
        "<a?x=1,2>;title=\"b, <c>; rel=next\"; REL=\"Next\"|a?x=1,2",
        "<p>; rel=\"prev\" , <n>; rel=\"last next\"|n",
        "<p>; rel=\"nextish\"|",
        "<p>|",
        "rel=next|"
      })
  void readsTheLinksOfRfc8288(String header, String next) {
    assertThat(LinkHeader.next(Headers.of("Link", header))).isEqualTo(Optional.ofNullable(next));
  }
}
