package dev.synthlab.config;

import dev.synthlab.config.ApiVariables.KeyNeed;
import dev.synthlab.config.ConfigException.Problem;
import dev.synthlab.config.Environment.Found;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Reads the settings of one service and collects all problems. Used once, by one thread. */
final class ApiSettingsReader {
  private final Environment environment;
  private final ApiVariables variables;
  private final List<Problem> problems = new ArrayList<>();

  ApiSettingsReader(Environment environment, ApiVariables variables) {
    this.environment = environment;
    this.variables = variables;
  }

  ApiSettings read() {
    Optional<URI> address =
        value(variables.address(), VariableKind.URL, ValueParser::open)
            .or(() -> variables.baseUrl().map(given -> ValueParser.open(given.toString())));
    Optional<Secret> key = key();
    Optional<Duration> timeout =
        value(variables.time(), VariableKind.DURATION, ValueParser::duration);
    Duration first = shared(Variable.SYNTHLAB_BACKOFF_MIN);
    Duration max = shared(Variable.SYNTHLAB_BACKOFF_MAX);
    Duration deadline = shared(Variable.SYNTHLAB_CALL_DEADLINE);
    Optional<Problem> ignored = ignoredAddress();
    ignored.ifPresent(problems::add);
    boolean unset = environment.lookup(variables.address()).isEmpty();
    if (address.isEmpty() && unset && ignored.isEmpty()) {
      problems.add(new Problem(variables.address(), "", "is not set, and there is no default"));
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return new ApiSettings(
        address.orElseThrow(),
        key,
        variables.key(),
        timeout.orElse(variables.timeout()),
        first,
        max.compareTo(first) < 0 ? first : max,
        deadline);
  }

  /** A service whose address is ignored must not be called at its default address. */
  private Optional<Problem> ignoredAddress() {
    return environment
        .ignored(variables.address())
        .map(each -> each.problem(example(VariableKind.URL)));
  }

  private Optional<Secret> key() {
    if (variables.need() == KeyNeed.NONE) {
      return Optional.empty();
    }
    Optional<Found> found = environment.lookup(variables.key());
    Optional<Secret> key = value(variables.key(), VariableKind.KEY, ValueParser::key);
    if (found.isEmpty() && variables.need() == KeyNeed.REQUIRED) {
      String words = "is not set, and " + variables.service() + " needs a key: set it";
      problems.add(new Problem(variables.key(), "", words));
    }
    return key;
  }

  private Duration shared(Variable variable) {
    Duration byDefault = ValueParser.duration(variable.defaultText());
    return environment
        .find(variable)
        .flatMap(found -> read(found, variable.kind(), ValueParser::duration))
        .orElse(byDefault);
  }

  private <T> Optional<T> value(String name, VariableKind kind, Function<String, T> reader) {
    return environment.lookup(name).flatMap(found -> read(found, kind, reader));
  }

  private <T> Optional<T> read(Found found, VariableKind kind, Function<String, T> reader) {
    try {
      return Optional.of(reader.apply(found.value()));
    } catch (IllegalArgumentException e) {
      String reason = Objects.requireNonNullElse(e.getMessage(), "");
      String allowed = allowed(kind) + (reason.isEmpty() ? "" : "; " + reason);
      problems.add(
          new Problem(
              found.name(), shown(kind, found.value()), allowed, found.origin().describe()));
      return Optional.empty();
    }
  }

  private static String allowed(VariableKind kind) {
    return example(kind).allowed();
  }

  private static String shown(VariableKind kind, String value) {
    return example(kind).masked(value);
  }

  /** A variable with values of the same kind. */
  private static Variable example(VariableKind kind) {
    return Stream.of(Variable.values())
        .filter(variable -> variable.kind() == kind)
        .findFirst()
        .orElseThrow();
  }
}
