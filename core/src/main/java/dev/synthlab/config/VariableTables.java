package dev.synthlab.config;

import dev.synthlab.Internal;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tables of variables in the documentation, in Markdown. */
@Internal
public final class VariableTables {
  private static final String HEAD = "| variable | default | meaning |\n|---|---|---|\n";
  private static final String EFFECT_HEAD = "| variable | what it does |\n|---|---|\n";

  /** What most users set. */
  private static final List<Variable> COMMON =
      List.of(
          Variable.OPENAI_API_KEY,
          Variable.OPENAI_BASE_URL,
          Variable.SYNTHLAB_DEFAULT_MODEL,
          Variable.SYNTHLAB_PROVIDER,
          Variable.SYNTHLAB_CONCURRENCY,
          Variable.SYNTHLAB_RPM,
          Variable.SYNTHLAB_TIMEOUT,
          Variable.SYNTHLAB_CALL_DEADLINE,
          Variable.SYNTHLAB_BUDGET_USD,
          Variable.SYNTHLAB_CACHE,
          Variable.SYNTHLAB_DB_PATH,
          Variable.HTTPS_PROXY,
          Variable.PHOENIX_COLLECTOR_ENDPOINT,
          Variable.LOG_LEVEL);

  private VariableTables() {}

  /**
   * The table of all variables.
   *
   * @return Markdown, with a line break at its end
   */
  public static String all() {
    return table(Stream.of(Variable.values()));
  }

  /**
   * The table of the variables that most users set.
   *
   * @return Markdown, with a line break at its end
   */
  public static String common() {
    return table(COMMON.stream());
  }

  /**
   * The table of the variables that a {@code .env} which the user has not named may set, or of all
   * others.
   *
   * @param allowed those it may set; else those it may not
   * @return Markdown, with a line break at its end
   */
  public static String ofUnnamedEnvFile(boolean allowed) {
    return Stream.of(Variable.values())
        .filter(variable -> variable.effect().harmless() == allowed)
        .sorted(Comparator.comparing(Variable::effect))
        .map(VariableTables::effectRow)
        .collect(Collectors.joining("", EFFECT_HEAD, ""));
  }

  private static String table(Stream<Variable> variables) {
    return variables.map(VariableTables::row).collect(Collectors.joining("", HEAD, ""));
  }

  private static String row(Variable variable) {
    String choices =
        variable.choices().isEmpty() ? "" : " One of " + code(variable.choices()) + ".";
    String also = variable.aliases().isEmpty() ? "" : " Also " + code(variable.aliases()) + ".";
    String shown = variable.defaultText().isEmpty() ? "" : "`" + variable.defaultText() + "`";
    return "| `%s` | %s | %s%s%s |\n"
        .formatted(variable.name(), shown, variable.description(), choices, also);
  }

  private static String effectRow(Variable variable) {
    boolean plain = variable.effect() == VariableEffect.TUNING;
    return "| %s | %s |\n"
        .formatted(
            code(variable.names()), plain ? variable.description() : variable.effect().does());
  }

  private static String code(List<String> words) {
    return "`" + String.join("`, `", words) + "`";
  }
}
