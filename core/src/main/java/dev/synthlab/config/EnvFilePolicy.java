package dev.synthlab.config;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which names a {@code .env} may set that nobody named: the one rule for every variable that is
 * read, whatever it is for.
 */
final class EnvFilePolicy {
  private static final String OPEN_TELEMETRY = "OTEL_";

  private static final Set<String> OFF = Set.of("off", "false");

  /** What is read besides our own variables. */
  private static final Map<String, VariableEffect> CONVENTIONS =
      Map.of(
          "OPENINFERENCE_BASE64_IMAGE_MAX_LENGTH", VariableEffect.TUNING,
          "HOME", VariableEffect.PLACE,
          "XDG_CACHE_HOME", VariableEffect.PLACE,
          "PHOENIX_GRPC_PORT", VariableEffect.ADDRESS);

  private static final Map<String, VariableEffect> OURS =
      Stream.of(Variable.values())
          .flatMap(each -> each.names().stream().map(name -> Map.entry(name, each.effect())))
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

  private EnvFilePolicy() {}

  /** Whether such a file may set a name to a value. */
  static boolean maySet(String name, String value) {
    VariableEffect effect = effect(name);
    return effect.harmless() || (effect == VariableEffect.RECORD && OFF.contains(value.strip()));
  }

  /** Whether a name is read by us, so that it is worth telling that it was set in vain. */
  static boolean isRead(String name) {
    return OURS.containsKey(name)
        || CONVENTIONS.containsKey(name)
        || name.startsWith(OPEN_TELEMETRY);
  }

  /** What a name can bring about. */
  static VariableEffect effect(String name) {
    VariableEffect known =
        OURS.getOrDefault(name, CONVENTIONS.getOrDefault(name, VariableEffect.FOREIGN));
    if (known != VariableEffect.FOREIGN) {
      return known;
    }
    if (name.startsWith(OPEN_TELEMETRY)) {
      return VariableEffect.ADDRESS;
    }
    VariableEffect ofService = ofService(name);
    // Those of OpenInference only hide what would be shown.
    boolean hides = ofService == VariableEffect.FOREIGN && name.startsWith("OPENINFERENCE_HIDE_");
    return hides ? VariableEffect.TUNING : ofService;
  }

  /** The three variables of a service outside, whatever its name. */
  private static VariableEffect ofService(String name) {
    if (name.endsWith(ApiVariables.KEY)) {
      return VariableEffect.KEY;
    }
    if (name.endsWith(ApiVariables.TIME)) {
      return VariableEffect.TUNING;
    }
    return name.endsWith(ApiVariables.ADDRESS) ? VariableEffect.ADDRESS : VariableEffect.FOREIGN;
  }
}
