package dev.synthlab.config;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which variables a {@code .env} that the user has not named may set: the one rule for all. */
final class EnvFilePolicy {
  private static final String OPEN_TELEMETRY = "OTEL_";

  private static final Set<String> OFF = Set.of("off", "false");

  /** Variables that are read in addition to {@link Variable}. */
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

  /** Whether such a file may set a variable to a value. */
  static boolean maySet(String name, String value) {
    VariableEffect effect = effect(name);
    return effect.harmless() || (effect == VariableEffect.RECORD && OFF.contains(value.strip()));
  }

  /** Whether this library reads a variable, so that a warning is due when it is ignored. */
  static boolean isRead(String name) {
    return OURS.containsKey(name)
        || CONVENTIONS.containsKey(name)
        || name.startsWith(OPEN_TELEMETRY);
  }

  /** What a variable decides. */
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
    // These only hide parts of a trace.
    boolean hides = ofService == VariableEffect.FOREIGN && name.startsWith("OPENINFERENCE_HIDE_");
    return hides ? VariableEffect.TUNING : ofService;
  }

  /** The three variables of any external service. */
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
