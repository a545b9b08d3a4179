package dev.synthlab.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.synthlab.Synthlab;
import dev.synthlab.config.Settings;
import dev.synthlab.llm.Completion;
import dev.synthlab.llm.CompletionCache.CachedCompletion;
import dev.synthlab.llm.CompletionRequest;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the cache of answers promises in both databases. */
abstract class CompletionCacheContractTest {
  final SetTimer timer = new SetTimer(Instant.parse("2026-11-22T12:00:00Z"));

  @TempDir Path directory;

  /** Settings of the test's own cache with more variables. */
  abstract Settings settings(String... more);

  /** A connection to where its tables stand. */
  abstract Connection connect() throws SQLException;

  @Test
  void findsAnAnswerAtOnceAndAfterReopening() {
    CachedCompletion answer =
        new CachedCompletion(
            "m", "{\"text\":\"Grüße, 世界 🦕\"}", Optional.of(new BigDecimal("0.25")));
    try (DatabaseCompletionCache answers = DatabaseCompletionCache.of(settings(), timer)) {
      assertThat(answers.find("a")).isEmpty();

      answers.keep("a", answer);

      assertThat(answers.find("a")).contains(answer);
    }

    try (DatabaseCompletionCache answers = DatabaseCompletionCache.of(settings(), timer)) {
      assertThat(answers.find("a")).contains(answer);
      assertThat(answers.find("b")).isEmpty();
    }
  }

  @Test
  void replacesTheOldAnswerOfAKey() {
    for (int i = 0; i < 2; i++) {
      try (DatabaseCompletionCache answers = DatabaseCompletionCache.of(settings(), timer)) {
        answers.keep("a", answer("version " + i));
      }
    }

    try (DatabaseCompletionCache answers = DatabaseCompletionCache.of(settings(), timer)) {
      assertThat(answers.find("a")).contains(answer("version 1"));
    }
    assertThat(DatabaseCompletionCache.stats(settings()).completions()).isEqualTo(1);
  }

  @Test
  void expiresAnAnswerAfterItsTimeToLive() {
    try (DatabaseCompletionCache answers =
        DatabaseCompletionCache.of(settings("SYNTHLAB_CACHE_TTL", "1h"), timer)) {
      answers.keep("a", answer("old"));
    }
    DatabaseCompletionCache answers =
        DatabaseCompletionCache.of(settings("SYNTHLAB_CACHE_TTL", "1h"), timer);

    timer.goOn(Duration.ofMinutes(59));
    assertThat(answers.find("a")).contains(answer("old"));
    timer.goOn(Duration.ofMinutes(1));
    assertThat(answers.find("a")).isEmpty();

    answers.close();
  }

  @Test
  void evictsTheLeastRecentlyUsedAnswersAtTheSizeLimit() {
    String text = "x".repeat(90_000);
    try (DatabaseCompletionCache answers =
        DatabaseCompletionCache.of(settings("SYNTHLAB_CACHE_MAX_MB", "1"), timer)) {
      for (int i = 0; i < 10; i++) {
        answers.keep("k" + i, answer(text));
        timer.goOn(Duration.ofSeconds(1));
      }
    }
    try (DatabaseCompletionCache answers =
        DatabaseCompletionCache.of(settings("SYNTHLAB_CACHE_MAX_MB", "1"), timer)) {
      assertThat(answers.find("k0")).isPresent();
      timer.goOn(Duration.ofSeconds(1));
      IntStream.range(10, 14).forEach(i -> answers.keep("k" + i, answer(text)));
    }

    try (DatabaseCompletionCache answers = DatabaseCompletionCache.of(settings(), timer)) {
      assertThat(answers.find("k0")).isPresent();
      assertThat(answers.find("k13")).isPresent();
      assertThat(answers.find("k1")).isEmpty();
      assertThat(answers.find("k2")).isEmpty();
    }
    assertThat(DatabaseCompletionCache.stats(settings()).bytes()).isBetween(500_000L, 1_000_000L);
  }

  @Test
  void reportsStatisticsAndClearsTheCache() {
    Instant begin = timer.now();
    try (DatabaseCompletionCache answers = DatabaseCompletionCache.of(settings(), timer)) {
      answers.keep("a", new CachedCompletion("m", "{}", Optional.of(new BigDecimal("0.002"))));
      answers.keep("b", answer("b"));
    }
    try (DatabaseCompletionCache answers = DatabaseCompletionCache.of(settings(), timer)) {
      answers.find("a");
      answers.find("a");
      answers.find("b");
    }

    CacheStats stats = DatabaseCompletionCache.stats(settings());
    assertThat(stats.completions()).isEqualTo(2);
    assertThat(stats.hits()).isEqualTo(3);
    assertThat(stats.savedUsd()).contains(new BigDecimal("0.004"));
    assertThat(stats.oldest()).contains(begin);
    assertThat(DatabaseCompletionCache.clear(settings())).isEqualTo(2);
    assertThat(DatabaseCompletionCache.stats(settings()).completions()).isZero();
  }

  @Test
  void prunesExpiredAnswers() {
    SetTimer past = new SetTimer(Instant.now().minus(Duration.ofDays(2)));
    try (DatabaseCompletionCache answers = DatabaseCompletionCache.of(settings(), past)) {
      answers.keep("a", answer("old"));
    }
    try (DatabaseCompletionCache answers = DatabaseCompletionCache.of(settings())) {
      answers.keep("b", answer("new"));
    }
    Settings aDay = settings("SYNTHLAB_CACHE_TTL", "24h");

    assertThat(DatabaseCompletionCache.stats(aDay).expired()).isEqualTo(1);
    assertThat(DatabaseCompletionCache.prune(aDay)).isEqualTo(1);
    assertThat(DatabaseCompletionCache.stats(aDay).completions()).isEqualTo(1);
  }

  @Test
  void createsNothingForAQuery() {
    assertThat(DatabaseCompletionCache.stats(settings()).completions()).isZero();
    assertThat(DatabaseCompletionCache.clear(settings())).isZero();
    assertThat(DatabaseCompletionCache.prune(settings())).isZero();

    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void storesAndFindsTheAnswersOfManyThreads() {
    try (DatabaseCompletionCache answers = DatabaseCompletionCache.of(settings(), timer);
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 500; i++) {
        String key = "k" + i;
        executor.execute(
            () -> {
              assertThat(answers.find(key)).isEmpty();
              answers.keep(key, answer(key));
              assertThat(answers.find(key)).contains(answer(key));
            });
      }
    }

    assertThat(DatabaseCompletionCache.stats(settings()).completions()).isEqualTo(500);
  }

  @Test
  void continuesWithoutACacheOfANewerVersion() throws SQLException {
    try (DatabaseCompletionCache answers = DatabaseCompletionCache.of(settings(), timer)) {
      answers.keep("a", answer("a"));
    }
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE ledger_history SET version = '77' WHERE version = '3'");
    }

    try (DatabaseCompletionCache answers = DatabaseCompletionCache.of(settings(), timer)) {
      assertThat(answers.find("a")).isEmpty();
      answers.keep("a", answer("a"));
    }
  }

  @Test
  void sharesAnswersWithALaterLayerIfConfigured() throws IOException {
    AtomicInteger requests = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] answer =
              ("{\"model\":\"gpt-4o-mini\",\"choices\":[{\"message\":{\"content\":\"answer "
                      + requests.incrementAndGet()
                      + "\"},\"finish_reason\":\"stop\"}]}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    Settings told =
        settings(
            "SYNTHLAB_CACHE", "on",
            "SYNTHLAB_LEDGER", "on",
            "OPENAI_BASE_URL", "http://127.0.0.1:" + server.getAddress().getPort() + "/v1");

    List<Completion> answers =
        List.of(asked(told), asked(told), asked(settings(told, "SYNTHLAB_CACHE", "off")));
    server.stop(0);

    assertThat(answers)
        .extracting(Completion::text)
        .containsExactly("answer 1", "answer 1", "answer 2");
    assertThat(answers).extracting(Completion::cached).containsExactly(false, true, false);
    UsageSummary usage = Ledger.usage(told, Instant.EPOCH, UsageSummary.GroupBy.MODEL).getFirst();
    assertThat(usage.attempts()).isEqualTo(2);
    assertThat(usage.calls()).isEqualTo(3);
  }

  private Settings settings(Settings as, String name, String value) {
    return settings(
        "SYNTHLAB_LEDGER", "on", "OPENAI_BASE_URL", as.llm().baseUrl().toString(), name, value);
  }

  private static Completion asked(Settings settings) {
    try (Synthlab layer = Synthlab.of(settings)) {
      return layer.llm().ask(CompletionRequest.of("hi"));
    }
  }

  static CachedCompletion answer(String text) {
    return new CachedCompletion("m", "{\"text\":\"" + text + "\"}", Optional.empty());
  }
}
