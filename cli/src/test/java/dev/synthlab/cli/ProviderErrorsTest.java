package dev.synthlab.cli;

import static dev.synthlab.test.Replies.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.cli.Synth.Ended;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The errors of servers in the forms in which they send them. */
class ProviderErrorsTest {
  @TempDir private Path directory = Path.of("");

  private Ended run(ScriptedServer server) {
    Synth synth = new Synth(directory).with("OPENAI_BASE_URL", server.base().toString());
    synth.file("in.jsonl", "{\"prompt\": \"a\"}", "{\"prompt\": \"b\"}", "{\"prompt\": \"c\"}");
    return synth.run("run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "-c", "1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | [{'error':{'code':400,'message':'API key not valid.','status':'INVALID_ARGUMENT','details':[{'reason':'API_KEY_INVALID'}]}}] | 4 | API key not valid.",
        "400 | {'error':{'code':'invalid_api_key','message':'Wrong key'}} | 4 | Wrong key",
        "400 | {'type':'error','error':{'type':'invalid_request_error','message':'Your credit balance is too low'}} | 5 | Your credit balance is too low",
        "403 | {'error':{'code':'insufficient_quota','message':'Nothing left'}} | 5 | Nothing left",
        "429 | [{'error':{'code':429,'message':'The quota','details':[{'violations':[{'quotaId':'RequestsPerDay'}]}]}}] | 5 | The quota",
        "429 | {'error':{'code':429,'message':'Limit of 50 requests per day reached'}} | 5 | requests per day"
      })
  void stopARunAfterOneRequestIfKeyOrQuotaIsTheCause(
      int status, String body, int exit, String message) {
    try (ScriptedServer server = ScriptedServer.inTurn(json(status, body.replace('\'', '"')))) {
      Ended ended = run(server);

      assertThat(ended.exit()).isEqualTo(exit);
      assertThat(ended.err()).contains(message).doesNotContain("{\"");
      assertThat(server.seen()).hasSize(1);
      assertThat(new Synth(directory).lines("out.jsonl")).isEmpty();
    }
  }

  @Test
  void recordAFilteredPromptLikeAFilteredAnswer() {
    try (ScriptedServer server =
        ScriptedServer.inTurn(
            json(400, "{\"error\":{\"code\":\"content_filter\",\"message\":\"Filtered.\"}}"),
            Replies.chat("hello"))) {
      Ended ended = run(server);

      assertThat(ended.exit()).isEqualTo(3);
      assertThat(server.seen()).hasSize(3);
      assertThat(new Synth(directory).lines("out.jsonl"))
          .anyMatch(line -> line.contains("\"code\":\"content_filter\""))
          .hasSize(3);
    }
  }

  @Test
  void areShownOnOneLineAndWithoutTheirStatusTwice() {
    try (ScriptedServer server =
        ScriptedServer.inTurn(
            json(400, "{\"error\":{\"code\":400,\"message\":\"first\\nsecond\"}}"))) {
      Ended ended = run(server);

      assertThat(ended.exit()).isEqualTo(3);
      assertThat(new Synth(directory).lines("out.jsonl"))
          .allMatch(
              line -> line.contains("400 from " + server.base().getAuthority() + ": first second"));
    }
  }
}
