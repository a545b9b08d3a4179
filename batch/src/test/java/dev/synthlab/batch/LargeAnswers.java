package dev.synthlab.batch;

import dev.synthlab.call.CallException;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.http.OkHttpTransport;
import dev.synthlab.llm.LlmClient;
import java.util.Map;

/** A process that asks a server again and again, and says what came of each call. */
final class LargeAnswers {
  private LargeAnswers() {}

  public static void main(String[] args) {
    Settings settings =
        Settings.from(
            Environment.of(
                Map.of(
                    "OPENAI_BASE_URL", args[0],
                    "SYNTHLAB_LLM_MAX_ATTEMPTS", "1",
                    "SYNTHLAB_BREAKER", "off")));
    OkHttpTransport transport = new OkHttpTransport();
    LlmClient client = LlmClient.builder().settings(settings.llm()).transport(transport).build();
    for (int i = 0; i < Integer.parseInt(args[1]); i++) {
      System.out.println(said(client));
    }
    System.exit(0);
  }

  private static String said(LlmClient client) {
    try {
      return client.complete("hi");
    } catch (CallException e) {
      return e.getClass().getSimpleName();
    }
  }
}
