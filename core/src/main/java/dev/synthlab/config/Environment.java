package dev.synthlab.config;

import dev.synthlab.config.ConfigException.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The variables of a process and their origins. Options of the command win over the environment of
 * the process, which wins over the {@code .env} of the working directory. A blank value counts as
 * not set. Immutable.
 */
public final class Environment {
  private static final int MAX_SHOWN = 100;
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final Map<String, String> process;
  private final EnvFile file;
  private final Map<Variable, Found> options;
  private final Optional<String> keyFrom;

  /** A value, the name under which it was found, and its origin. */
  record Found(String name, String value, Origin origin) {}

  private Environment(
      Map<String, String> process,
      EnvFile file,
      Map<Variable, Found> options,
      Optional<String> keyFrom) {
    this.process = Map.copyOf(process);
    this.file = file;
    this.options = options;
    this.keyFrom = keyFrom;
  }

  /**
   * The environment of this process, and the {@code .env} of its working directory.
   *
   * @return the variables as they are now
   */
  public static Environment ofProcess() {
    return of(System.getenv(), Path.of(""));
  }

  /**
   * These variables only.
   *
   * @param variables names and values
   * @return an environment without a file
   */
  public static Environment of(Map<String, String> variables) {
    return new Environment(variables, EnvFile.none(), Map.of(), Optional.empty());
  }

  /**
   * These variables, and the {@code .env} of a directory.
   *
   * @param variables names and values
   * @param workingDirectory the directory that may have a {@code .env}
   * @return an environment of both
   */
  public static Environment of(Map<String, String> variables, Path workingDirectory) {
    return new Environment(variables, EnvFile.in(workingDirectory), Map.of(), Optional.empty());
  }

  /**
   * A copy with a named file instead of {@code .env}. A named file may set every variable; a {@code
   * .env} that is not named may set only harmless ones.
   *
   * @param path the file; if it cannot be read, the settings of this environment fail
   * @return a new environment
   */
  public Environment withEnvFile(Path path) {
    return new Environment(process, EnvFile.named(path), options, keyFrom);
  }

  /**
   * A copy with an option of the command.
   *
   * @param variable the variable that the option sets; no secret
   * @param value its value; a blank one changes nothing
   * @param flag the option, for example {@code --timeout}
   * @return a new environment
   */
  public Environment with(Variable variable, String value, String flag) {
    if (variable.secret()) {
      throw new IllegalArgumentException(variable + " must not be set on a command line");
    }
    if (value.isBlank()) {
      return this;
    }
    Map<Variable, Found> more = new EnumMap<>(Variable.class);
    more.putAll(options);
    more.put(variable, new Found(variable.name(), value, new Origin.Option(flag)));
    return new Environment(process, file, more, keyFrom);
  }

  /** A copy with a value that a program sets by hand, named as in the builder. */
  Environment withField(Variable variable, String value, String field) {
    Map<Variable, Found> more = new EnumMap<>(Variable.class);
    more.putAll(options);
    more.put(variable, new Found(field, value, new Origin.Field(field)));
    return new Environment(process, file, more, keyFrom);
  }

  /**
   * A copy that takes the API key from another variable.
   *
   * @param name the variable that has the key; if it is not set, the settings of this environment
   *     fail
   * @return a new environment
   */
  public Environment withKeyFrom(String name) {
    return new Environment(process, file, options, Optional.of(name));
  }

  /**
   * The origin of the value of a variable.
   *
   * @param variable which
   * @return its origin, without the value
   */
  public Origin origin(Variable variable) {
    return find(variable)
        .map(Found::origin)
        .orElseGet(
            () -> variable.defaultText().isEmpty() ? new Origin.Unset() : new Origin.Default());
  }

  /**
   * Whether output may have colours. {@code NO_COLOR} forbids them, {@code CLICOLOR_FORCE} forces
   * them; else they are used on a terminal unless {@code TERM=dumb}.
   *
   * @param terminal whether the output is a terminal
   * @return true for colours
   */
  public boolean wantsColour(boolean terminal) {
    if (!process.getOrDefault("NO_COLOR", "").isEmpty()) {
      return false;
    }
    String force = process.getOrDefault("CLICOLOR_FORCE", "");
    if (!force.isEmpty() && !force.equals("0")) {
      return true;
    }
    return canDraw(terminal);
  }

  /**
   * Whether lines can be overwritten: on a terminal, unless {@code TERM=dumb}.
   *
   * @param terminal whether the output is a terminal
   * @return true if the terminal supports cursor movement
   */
  public boolean canDraw(boolean terminal) {
    return terminal && !process.getOrDefault("TERM", "").equals("dumb");
  }

  Optional<Found> find(Variable variable) {
    Found option = options.get(variable);
    if (option != null) {
      return Optional.of(option);
    }
    if (variable == Variable.OPENAI_API_KEY && keyFrom.isPresent()) {
      return keyNamed(keyFrom.get());
    }
    Optional<Found> first = Optional.empty();
    for (String name : variable.names()) {
      first = first.or(() -> inProcess(name));
    }
    for (String name : variable.names()) {
      first = first.or(() -> inFile(name));
    }
    return first;
  }

  /**
   * The value of a variable that other software defines.
   *
   * @param name for example {@code OPENINFERENCE_HIDE_INPUTS}
   * @return empty if it is not set or blank
   */
  public Optional<String> convention(String name) {
    return lookup(name).map(Found::value);
  }

  /** The environment file. */
  EnvFile file() {
    return file;
  }

  /**
   * Requires that no variable is ignored because only a {@code .env} sets it that may not: for
   * callers for which the default would be wrong.
   *
   * @param variables which
   * @throws ConfigException if some are ignored, with all of them
   */
  public void requireNotIgnored(Variable... variables) {
    List<Problem> problems =
        Stream.of(variables)
            .flatMap(variable -> ignored(variable).stream().map(each -> each.problem(variable)))
            .toList();
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
  }

  /** A line of a {@code .env} that is ignored because the file is not named. */
  record IgnoredEntry(String name, EnvFile.Entry entry, Path file) {
    /** The problem that it is ignored; its value is masked like those of this variable. */
    Problem problem(Variable like) {
      String shown = like.masked(entry.value().strip());
      String what = EnvFilePolicy.effect(name).does();
      String allowed = what + ", which a .env may do only if it is named: " + remedy(name);
      return new Problem(name, shown, allowed, new Origin.DotEnv(file, entry.line()).describe());
    }
  }

  private static String remedy(String name) {
    return "use --env-file .env (in Java Environment.withEnvFile), or set "
        + name
        + " in the environment";
  }

  /**
   * The variables that are ignored in a {@code .env} that is not named, and that nothing else sets.
   *
   * @return maybe none; if there are very many, the first ones and how many more there are
   */
  public List<String> ignored() {
    List<String> all = allIgnored();
    if (all.size() <= MAX_SHOWN) {
      return all;
    }
    List<String> first = new ArrayList<>(all.subList(0, MAX_SHOWN));
    first.add((all.size() - MAX_SHOWN) + " more");
    return List.copyOf(first);
  }

  private List<String> allIgnored() {
    Stream<String> ours =
        Stream.of(Variable.values())
            .flatMap(variable -> ignored(variable).stream())
            .map(IgnoredEntry::name);
    Stream<String> others =
        file.entries().keySet().stream()
            .filter(name -> EnvFilePolicy.isRead(name) && !Variable.isNameOfOne(name))
            .filter(name -> ignored(name).isPresent());
    return Stream.concat(ours, others).toList();
  }

  /** The ignored line for a variable, unless the variable is set elsewhere or to its default. */
  Optional<IgnoredEntry> ignored(Variable variable) {
    if (find(variable).isPresent()) {
      return Optional.empty();
    }
    return variable.names().stream()
        .flatMap(name -> ignored(name).stream())
        .filter(each -> !variable.isDefault(each.entry().value()))
        .findFirst();
  }

  /** The ignored line for any name, unless the name is set elsewhere. */
  Optional<IgnoredEntry> ignored(String name) {
    return file.ignored(name)
        .filter(entry -> inProcess(name).isEmpty())
        .map(entry -> new IgnoredEntry(name, entry, file.path()));
  }

  /**
   * Whether a secret may be sent to the destination that variables define. The destination is never
   * taken from a {@code .env} that is not named. If such a file has both the secret and an ignored
   * destination, the secret belongs to that destination and must be sent nowhere else.
   *
   * @param secret the secret
   * @param leads the variables that define its destination
   * @return the problem; empty if it may be sent
   */
  Optional<Problem> refusal(Found secret, Variable... leads) {
    if (!(secret.origin() instanceof Origin.DotEnv) || file.named()) {
      return Optional.empty();
    }
    return Stream.of(leads)
        .flatMap(lead -> ignored(lead).stream())
        .findFirst()
        .map(
            lead ->
                new Problem(
                    secret.name(),
                    ConfigException.NOT_SHOWN,
                    "belongs to %s (line %d), which a .env may set only if it is named, and is sent"
                            .formatted(lead.name(), lead.entry().line())
                        + " nowhere else: "
                        + remedy(lead.name()),
                    secret.origin().describe()));
  }

  /** The value of any name, even if it is ignored. */
  Optional<String> written(String name) {
    return inProcess(name).map(Found::value).or(() -> file.entry(name).map(EnvFile.Entry::value));
  }

  /** The value of any name, if the process or a file that the user has named sets it. */
  Optional<String> givenByUser(String name) {
    return file.named() ? written(name) : inProcess(name).map(Found::value);
  }

  /** Every name that is set, here or in the file. */
  Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    process.keySet().stream().sorted().forEach(names::add);
    names.addAll(file.entries().keySet());
    return names;
  }

  /** The problems that do not concern a single value. */
  List<Problem> problems() {
    List<Problem> problems = new ArrayList<>(file.problems());
    keyFrom
        .filter(name -> keyNamed(name).isEmpty())
        .map(Environment::noKey)
        .ifPresent(problems::add);
    for (Variable variable : Variable.values()) {
      boolean decided =
          options.containsKey(variable)
              || (variable == Variable.OPENAI_API_KEY && keyFrom.isPresent());
      if (!decided && variable.names().size() > 1) {
        conflict(variable, variable.names().stream().flatMap(n -> inProcess(n).stream()).toList())
            .ifPresent(problems::add);
        conflict(variable, variable.names().stream().flatMap(n -> inFile(n).stream()).toList())
            .ifPresent(problems::add);
      }
    }
    return problems;
  }

  /** Two environments are equal if they have the same variables with the same origins. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Environment that
        && set().equals(that.set())
        && file.entries().equals(that.file.entries())
        && file.named() == that.file.named()
        && options.equals(that.options)
        && keyFrom.equals(that.keyFrom);
  }

  @Override
  public int hashCode() {
    return Objects.hash(set(), file.entries(), options, keyFrom);
  }

  private Map<String, String> set() {
    Map<String, String> filled = new HashMap<>(process);
    filled.values().removeIf(String::isBlank);
    return filled;
  }

  private static Problem noKey(String name) {
    String allowed = "must be set to the key, or omit --api-key-env";
    // If the user has given the key itself, it must not be printed.
    return NAME.matcher(name).matches()
        ? new Problem(name, "", allowed, "--api-key-env")
        : new Problem(
            "--api-key-env",
            Secret.of(name).toString(),
            "must be the name of a variable that has the key, not the key itself");
  }

  private static Optional<Problem> conflict(Variable variable, List<Found> found) {
    if (found.stream().map(Found::value).map(String::strip).distinct().count() < 2) {
      return Optional.empty();
    }
    String names = found.stream().map(Found::name).collect(Collectors.joining(" and "));
    String values =
        variable.secret()
            ? ConfigException.NOT_SHOWN
            : found.stream()
                .map(each -> variable.masked(each.value().strip()))
                .collect(Collectors.joining(" and "));
    String where = found.getFirst().origin() instanceof Origin.DotEnv place ? place.describe() : "";
    return Optional.of(
        new Problem(
            names, values, "are the same setting and must not differ: set one of them", where));
  }

  /** The value of any name. */
  Optional<Found> lookup(String name) {
    return inProcess(name).or(() -> inFile(name));
  }

  private Optional<Found> inProcess(String name) {
    return Optional.ofNullable(process.get(name))
        .filter(value -> !value.isBlank())
        .map(value -> new Found(name, value, new Origin.Env(name)));
  }

  private Optional<Found> inFile(String name) {
    return file.applied(name).map(entry -> found(name, entry));
  }

  /** The key of a variable that the user has named. */
  private Optional<Found> keyNamed(String name) {
    boolean unknown = EnvFilePolicy.effect(name) == VariableEffect.FOREIGN;
    return lookup(name)
        .or(() -> file.entry(name).filter(any -> unknown).map(entry -> found(name, entry)));
  }

  private Found found(String name, EnvFile.Entry entry) {
    return new Found(name, entry.value(), new Origin.DotEnv(file.path(), entry.line()));
  }
}
