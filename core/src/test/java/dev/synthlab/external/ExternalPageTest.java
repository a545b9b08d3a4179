package dev.synthlab.external;

import static dev.synthlab.test.Replies.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.Synthlab;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.external.WeatherClient.Forecast;
import dev.synthlab.external.WeatherClient.NewReport;
import dev.synthlab.external.WeatherClient.Report;
import dev.synthlab.external.WeatherClient.Station;
import dev.synthlab.test.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The code of docs/external.md compiles and runs. */
@Timeout(20)
class ExternalPageTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path HERE = ROOT.resolve("core/src/test/java/dev/synthlab/external");

  @Test
  void showsCodeThatIsCompiled() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/external.md"));
    String here =
        bare(Files.readString(HERE.resolve("WeatherClient.java")))
            + bare(Files.readString(HERE.resolve("ExternalPageTest.java")));

    List<String> blocks =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(page)
            .results()
            .map((MatchResult block) -> block.group(1))
            .toList();

    assertThat(blocks).hasSize(2);
    // The page omits the records at the end of the class.
    assertThat(blocks)
        .allSatisfy(block -> assertThat(here).contains(bare(block).replaceFirst("\\}$", "")));
  }

  @Test
  void showsCodeThatRuns() {
    try (ScriptedServer server =
        ScriptedServer.inTurn(
            json(200, "{\"city\":\"Oslo\",\"highs\":[7,8]}"),
            json(503, "{}"),
            json(201, "{\"id\":4}"),
            json(200, "{\"stations\":[{\"name\":\"a\"}],\"next\":\"c\"}"),
            json(200, "{\"stations\":[{\"name\":\"b\"}]}"),
            json(404, "{\"error\":\"no such city\"}"))) {
      Map<String, String> variables =
          Map.of(
              "WEATHER_BASE_URL", server.base().toString(),
              "WEATHER_API_KEY", "wx-0123456789abcdef",
              "SYNTHLAB_BACKOFF_MIN", "1ms",
              "SYNTHLAB_BACKOFF_MAX", "1ms");
      try (Synthlab synthlab = Synthlab.of(Settings.from(Environment.of(variables)))) {
        WeatherClient client = WeatherClient.over(synthlab);
        assertThat(client.forecast("Oslo", 2)).isEqualTo(new Forecast("Oslo", List.of(7, 8)));
        assertThat(client.order(new NewReport("n-1", "Oslo")))
            .isEqualTo(new Report(4, Optional.empty()));
        assertThat(client.stations()).containsExactly(new Station("a"), new Station("b"));
        assertThatExceptionOfType(WeatherClient.CityNotFoundException.class)
            .isThrownBy(() -> client.forecast("Atlantis", 1))
            .withMessageContaining("no such city");
      }
    }
  }

  private static String bare(String code) {
    return code.replaceAll("\\s+", "");
  }
}
