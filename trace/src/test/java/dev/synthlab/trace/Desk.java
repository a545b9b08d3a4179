package dev.synthlab.trace;

import dev.synthlab.Synthlab;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.test.ScriptedServer;
import java.util.HashMap;
import java.util.Map;

/** A scripted model server and a layer that asks it. */
final class Desk implements AutoCloseable {
  final ScriptedServer models;
  final Synthlab layer;

  Desk(ScriptedServer models, Map<String, String> more) {
    this.models = models;
    Map<String, String> variables = new HashMap<>(more);
    variables.put("OPENAI_BASE_URL", models.base().toString());
    variables.put("SYNTHLAB_BACKOFF_MIN", "20ms");
    variables.put("SYNTHLAB_BACKOFF_MAX", "50ms");
    this.layer = Synthlab.of(Settings.from(Environment.of(variables)));
  }

  Desk(ScriptedServer models) {
    this(models, Map.of());
  }

  @Override
  public void close() {
    layer.close();
    models.close();
  }
}
