package dev.synthlab.local;

import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import java.util.Map;

/** A program that calls the embedded model, and prints why the call failed. */
final class CallEmbeddedModel {
  private CallEmbeddedModel() {}

  public static void main(String[] args) throws Exception {
    Settings settings =
        Settings.from(
            Environment.of(
                Map.of(
                    "OPENAI_BASE_URL",
                    "local:///smollm2-135m",
                    "SYNTHLAB_LOCAL_MODEL_URL",
                    args[0],
                    "SYNTHLAB_CACHE_DIR",
                    args[1])));
    try (var transport = new LocalTransportProvider().open(settings)) {
      Local.send(transport, "{'messages':[{'role':'user','content':'Hi'}]}");
    } catch (Exception e) { // Whatever it is: the test reads it.
      System.out.println(e.getMessage());
    }
  }
}
