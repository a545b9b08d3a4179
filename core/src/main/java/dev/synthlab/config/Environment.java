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
 * What was set, and where: options of the command over the environment of the process over the
 * {@code .env} of the working directory. A name that is set to nothing counts as not set.
 * Immutable.
 */
public final class Environment {
  private static final int MAX_TOLD = 100;
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final Map<String, String> process;
  private final EnvFile file;
  private final Map<Variable, Found> options;
  private final Optional<String> keyFrom;

  /** A value, the name it was found under and the place. */
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
   * The environment of this process with the {@code .env} of its working directory beneath.
   *
   * @return as it is now
   */
  public static Environment ofProcess() {
    return of(System.getenv(), Path.of(""));
  }

  /**
   * Variables alone, without any file.
   *
   * @param variables names and values
   * @return an environment of these
   */
  public static Environment of(Map<String, String> variables) {
    return new Environment(variables, EnvFile.none(), Map.of(), Optional.empty());
  }

  /**
   * Variables with the {@code .env} of a directory beneath.
   *
   * @param variables names and values
   * @param workingDirectory where {@code .env} may be
   * @return an environment of both
   */
  public static Environment of(Map<String, String> variables, Path workingDirectory) {
    return new Environment(
        variables, EnvFile.beneath(workingDirectory), Map.of(), Optional.empty());
  }

  /**
   * The same with a file in place of {@code .env}; because it was asked for by name, it may set
   * every variable, whereas a {@code .env} that was not may set only what is harmless.
   *
   * @param path the file; that it cannot be read is a problem of the settings made from this
   * @return a new environment
   */
  public Environment withEnvFile(Path path) {
    return new Environment(process, EnvFile.named(path), options, keyFrom);
  }

  /**
   * The same with an option of the command over it.
   *
   * @param variable what it sets; no secret
   * @param value to what; nothing changes if it is blank
   * @param flag the option, for example {@code --timeout}
   * @return a new environment
   */
  public Environment with(Variable variable, String value, String flag) {
    if (variable.secret()) {
      throw new IllegalArgumentException(variable + " must not stand on a command line");
    }
    if (value.isBlank()) {
      return this;
    }
    Map<Variable, Found> more = new EnumMap<>(Variable.class);
    more.putAll(options);
    more.put(variable, new Found(variable.name(), value, new Origin.Option(flag)));
    return new Environment(process, file, more, keyFrom);
  }

  /**
   * The same with the key taken from another variable.
   *
   * @param name the variable that holds the key; that it is not set is a problem of the settings
   *     made from this
   * @return a new environment
   */
  public Environment withKeyFrom(String name) {
    return new Environment(process, file, options, Optional.of(name));
  }

  /**
   * Where the value of a variable comes from.
   *
   * @param variable which
   * @return never a value
   */
  public Origin origin(Variable variable) {
    return find(variable)
        .map(Found::origin)
        .orElseGet(
            () -> variable.defaultText().isEmpty() ? new Origin.Unset() : new Origin.Default());
  }

  /**
   * Whether text for a person may be coloured: {@code NO_COLOR} forbids it, {@code CLICOLOR_FORCE}
   * demands it, {@code TERM=dumb} and anything that is no terminal go without.
   *
   * @param terminal whether the text goes to a terminal
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
   * Whether lines can be drawn over: on a terminal, unless it is a dumb one.
   *
   * @param terminal whether the text goes to a terminal
   * @return true if codes that move the cursor are understood
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
   * The value of any name, for the few conventions that are not ours.
   *
   * @param name for example {@code OPENINFERENCE_HIDE_INPUTS}
   * @return as it was set; empty if it was not, or to nothing
   */
  public Optional<String> convention(String name) {
    return lookup(name).map(Found::value);
  }

  /** The file beneath, and whether it was asked for. */
  EnvFile file() {
    return file;
  }

  /**
   * Fails if a variable stands in a {@code .env} that may not set it, and nowhere else: for those
   * to whom its default is no answer.
   *
   * @param variables which
   * @throws ConfigException if what one of them says would be ignored, with all such
   */
  public void requireHeard(Variable... variables) {
    List<Problem> problems =
        Stream.of(variables)
            .flatMap(variable -> ignored(variable).stream().map(each -> each.problem(variable)))
            .toList();
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
  }

  /** A line of an unnamed {@code .env} that is not heard. */
  record Unheard(String name, EnvFile.Entry entry, Path file) {
    /** That it is not, and what to do; it is shown as a value of this variable. */
    Problem problem(Variable like) {
      String shown = like.masked(entry.value().strip());
      String what = EnvFilePolicy.effect(name).does();
      String allowed = what + ", which a .env may not unless it is named: " + remedy(name);
      return new Problem(name, shown, allowed, new Origin.DotEnv(file, entry.line()).describe());
    }
  }

  private static String remedy(String name) {
    return "use --env-file .env (in Java Environment.withEnvFile), or set "
        + name
        + " in the environment";
  }

  /**
   * The names that a {@code .env} nobody named sets in vain, and that nothing else sets, for a
   * person: of very many only the first, and how many more there are.
   *
   * @return maybe none
   */
  public List<String> ignored() {
    List<String> all = allIgnored();
    if (all.size() <= MAX_TOLD) {
      return all;
    }
    List<String> first = new ArrayList<>(all.subList(0, MAX_TOLD));
    first.add((all.size() - MAX_TOLD) + " more");
    return List.copyOf(first);
  }

  private List<String> allIgnored() {
    Stream<String> ours =
        Stream.of(Variable.values())
            .flatMap(variable -> ignored(variable).stream())
            .map(Unheard::name);
    Stream<String> others =
        file.entries().keySet().stream()
            .filter(name -> EnvFilePolicy.isRead(name) && !Variable.isNameOfOne(name))
            .filter(name -> unheard(name).isPresent());
    return Stream.concat(ours, others).toList();
  }

  /** What an unnamed {@code .env} says of a variable in vain, if that would change anything. */
  Optional<Unheard> ignored(Variable variable) {
    if (find(variable).isPresent()) {
      return Optional.empty();
    }
    return variable.names().stream()
        .flatMap(name -> unheard(name).stream())
        .filter(each -> !variable.isDefault(each.entry().value()))
        .findFirst();
  }

  /** The same for any name. */
  Optional<Unheard> unheard(String name) {
    return file.unheard(name)
        .filter(entry -> inProcess(name).isEmpty())
        .map(entry -> new Unheard(name, entry, file.path()));
  }

  /**
   * Whether a secret may go where variables lead, for every secret and every lead. What leads is
   * never taken from an unnamed {@code .env}, so that it leads no secret anywhere. But a secret
   * that stands in such a file together with what would lead it was meant for that place: it goes
   * to no other.
   *
   * @param secret as it was found
   * @param leads what decides where it goes
   * @return why it may not; empty if it may
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
                    "is meant for what %s (line %d) says, which a .env may not set unless it is"
                            .formatted(lead.name(), lead.entry().line())
                        + " named, and is sent nowhere else: "
                        + remedy(lead.name()),
                    secret.origin().describe()));
  }

  /** The value of any name as it stands there, whether it is heard or not. */
  Optional<String> written(String name) {
    return inProcess(name).map(Found::value).or(() -> file.entry(name).map(EnvFile.Entry::value));
  }

  /** Every name that is set, here or in the file. */
  Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    process.keySet().stream().sorted().forEach(names::add);
    names.addAll(file.entries().keySet());
    return names;
  }

  /** What is wrong before any value is looked at. */
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

  /** The same things are set in the same places. */
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
    String allowed = "must be set and hold the key, or leave --api-key-env out";
    // Somebody who gives the key itself here must not see it printed.
    return NAME.matcher(name).matches()
        ? new Problem(name, "", allowed, "--api-key-env")
        : new Problem(
            "--api-key-env",
            Secret.of(name).toString(),
            "must be the name of a variable that holds the key, never the key itself");
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
        new Problem(names, values, "mean the same and must not differ: set one of them", where));
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
    return file.heard(name).map(entry -> found(name, entry));
  }

  /** A key under whatever name was chosen for it: who chose the name means what stands there. */
  private Optional<Found> keyNamed(String name) {
    boolean ofNobody = EnvFilePolicy.effect(name) == VariableEffect.FOREIGN;
    return lookup(name)
        .or(() -> file.entry(name).filter(any -> ofNobody).map(entry -> found(name, entry)));
  }

  private Found found(String name, EnvFile.Entry entry) {
    return new Found(name, entry.value(), new Origin.DotEnv(file.path(), entry.line()));
  }
}
