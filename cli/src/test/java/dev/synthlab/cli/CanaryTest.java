package dev.synthlab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.synthlab.config.Variable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * A key of its own in every variable that may hold one; every command, against servers that repeat
 * all keys in all encodings. No byte that is written, or sent where a key does not belong, holds
 * one.
 */
@Timeout(600)
class CanaryTest {
  private static final String ADDRESS = "http:// or https:// address";

  /** Each answer begins with another of the encodings, for places that show only the beginning. */
  private static final int ROTATIONS = 6;

  /** Words of the commands that do nothing without; what is not named here runs with none. */
  private static final Map<String, String> WORDS =
      Map.ofEntries(
          Map.entry("run", "in.jsonl -o out.jsonl -c 4"),
          Map.entry("ask", "canary_TEXT_0_end -u"),
          Map.entry("extract", "canary_TEXT_0_end --schema name"),
          Map.entry("embed", "in.jsonl -o vectors.jsonl"),
          Map.entry("jobs show", "none"),
          Map.entry("check", "classes"),
          Map.entry("new-client", "weather --base-url https://example.com/v1"),
          Map.entry("db backup", "copy.db"));

  @TempDir Path home;
  private final Map<String, String> keys = new LinkedHashMap<>();
  private final Map<String, Set<String>> mayGo = new TreeMap<>();
  private Echo echo;
  private EchoServer model;
  private EchoServer collector;
  private EchoServer proxy;
  private EchoServer database;

  @BeforeEach
  void plant() {
    for (Variable variable : Variable.values()) {
      if (holdsKey(variable)) {
        keys.put(
            variable.name(),
            "Canary-" + (7_301 + variable.ordinal()) + "/Xq" + variable.ordinal() + "+Zp");
      }
    }
    keys.put("WEATHER_API_KEY", "Canary-9901/Weather+Zp");
    echo = new Echo(alwaysSet());
    model = new EchoServer((head, body) -> echo.answer(body));
    proxy = new EchoServer((head, body) -> echo.answer(body));
    collector =
        new EchoServer((head, body) -> Echo.http(400, "No", "", "text/plain", "no: " + keys));
    database = new EchoServer((head, body) -> echo.refusedByDatabase(head));
  }

  @AfterEach
  void close() throws IOException {
    for (EchoServer each : List.of(model, collector, proxy, database)) {
      each.close();
    }
  }

  @Test
  void noKeyIsWrittenOrSentWhereItDoesNotBelong() throws IOException {
    prompts();
    List<String> told = new ArrayList<>();

    for (List<String> command :
        commands(new CommandLine(new Main()).getCommandSpec().commandLine())) {
      told.add(said(command, environment(false)));
    }
    for (Echo.Way way : Echo.Way.values()) {
      told.add(said(List.of("ask", Echo.prompt(way, 3)), environment(false)));
    }
    for (Variable variable : Variable.values()) {
      if (variable.allowed().contains(ADDRESS)) {
        Map<String, String> one = environment(false);
        one.put(variable.name(), value(variable, keys.get(variable.name())));
        told.add(said(List.of("config", "show"), one));
        told.add(said(List.of("doctor"), one));
      }
    }
    for (String command : List.of("usage", "db status", "doctor", "ask canary_DENIED_0_end")) {
      told.add(said(words(command), environment(true)));
    }

    assertThat(told).hasSizeGreaterThan(30);
    assertThat(Files.readAllLines(home.resolve("out.jsonl")))
        .hasSizeGreaterThan(Echo.Way.values().length);
    assertThat(model.received()).isNotEmpty();
    assertThat(collector.received()).isNotEmpty();
    assertThat(proxy.received()).isNotEmpty();
    assertThat(database.received()).isNotEmpty();
    List<String> leaks = leaks();
    System.out.println("canary: " + keys.size() + " keys, " + told.size() + " commands");
    assertThat(leaks).isEmpty();
  }

  /** A server can repeat only what it knows; a process strikes out only what it was told. */
  private List<String> alwaysSet() {
    List<String> all = new ArrayList<>();
    for (Variable variable : Variable.values()) {
      String key = keys.get(variable.name());
      if (key != null
          && variable != Variable.SYNTHLAB_LEDGER_URL
          && !variable.allowed().contains(ADDRESS)) {
        all.add(key);
      }
    }
    return all;
  }

  /** Which variables may hold a key, by what they take: a new sort of them is not overlooked. */
  private static boolean holdsKey(Variable variable) {
    String allowed = variable.allowed();
    return variable.secret() || allowed.contains("user:password") || allowed.contains(ADDRESS);
  }

  private Map<String, String> environment(boolean away) {
    Map<String, String> all = new TreeMap<>();
    for (Variable variable : Variable.values()) {
      String key = keys.get(variable.name());
      if (key != null && !variable.allowed().contains(ADDRESS)) {
        all.put(variable.name(), value(variable, key));
      }
    }
    all.put("WEATHER_API_KEY", keys.get("WEATHER_API_KEY"));
    all.put("NO_PROXY", away ? "nowhere.example" : "127.0.0.1");
    if (!away) {
      all.remove("SYNTHLAB_LEDGER_URL"); // the ledger is a file, which is looked through
    }
    all.put("OPENAI_BASE_URL", "http://" + model.address() + "/v1");
    all.put("PHOENIX_COLLECTOR_ENDPOINT", "http://" + collector.address());
    all.put("POSTGRES_SSL_MODE", "disable");
    all.put("SYNTHLAB_BACKOFF_MIN", "1ms");
    all.put("SYNTHLAB_BACKOFF_MAX", "2ms");
    all.put("SYNTHLAB_CALL_DEADLINE", "60s");
    all.put("SYNTHLAB_TRACE_SHUTDOWN", "1s");
    all.put("SYNTHLAB_THROTTLE", "off");
    all.put("SYNTHLAB_BREAKER", "off");
    all.put("SYNTHLAB_LEDGER_TEXTS", "on");
    all.put("SYNTHLAB_CACHE", "on");
    all.put("SYNTHLAB_DB_CONNECT_TIMEOUT", "1s");
    all.put("LOG_LEVEL", "trace");
    all.put("PHOENIX_ENABLED", "true");
    all.put(
        "JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + home.resolve("tmp") + " -Duser.home=" + home);
    all.put("HOME", home.toString());
    return all;
  }

  private String value(Variable variable, String key) {
    String allowed = variable.allowed();
    String inAddress = key.replace("/", "%2F").replace("+", "%2B");
    if (allowed.contains("\"Name: value\"")) {
      return "X-Canary: " + key;
    } else if (allowed.contains("name=value")) {
      return "x-canary=" + inAddress;
    } else if (allowed.contains("postgres://")) {
      return "postgres://user:" + inAddress + "@" + database.address() + "/db";
    } else if (allowed.contains("HTTP proxy")) {
      return "http://user:" + inAddress + "@" + proxy.address();
    } else if (allowed.contains(ADDRESS)) {
      return "http://user:" + inAddress + "@" + model.address() + "/v1";
    } else if (allowed.contains("visible ASCII characters only")) {
      return key;
    }
    return fail("a new sort of secret: say how a key is put into " + variable);
  }

  private void prompts() throws IOException {
    Files.createDirectories(home.resolve("tmp"));
    Files.createDirectories(home.resolve("classes"));
    List<String> rows = new ArrayList<>();
    for (Echo.Way way : Echo.Way.values()) {
      // A run stops at the first refusal of its key.
      for (int i = 0; i < (way == Echo.Way.DENIED ? 0 : ROTATIONS); i++) {
        String prompt = Echo.prompt(way, i * 11);
        rows.add("{\"id\":\"" + way + i + "\",\"prompt\":\"" + prompt + "\",\"input\":\"x\"}");
      }
    }
    Files.write(home.resolve("in.jsonl"), rows);
  }

  private static List<String> words(String command) {
    return Arrays.stream(command.split(" ")).map(word -> word.replace('_', ' ')).toList();
  }

  /** Every command that has none below it, from the command line itself. */
  private static List<List<String>> commands(CommandLine at) {
    List<List<String>> all = new ArrayList<>();
    add(at, List.of(), all);
    return all;
  }

  private static void add(CommandLine at, List<String> path, List<List<String>> all) {
    String name = String.join(" ", path);
    if (!path.isEmpty() && (at.getSubcommands().isEmpty() || WORDS.containsKey(name))) {
      List<String> whole = new ArrayList<>(path);
      Stream.of(WORDS.getOrDefault(name, "").split(" "))
          .filter(word -> !word.isEmpty())
          .map(word -> word.startsWith("canary_") ? word.replace('_', ' ') : word)
          .forEach(whole::add);
      all.add(whole);
    }
    at.getSubcommands()
        .forEach(
            (word, below) -> {
              List<String> longer = new ArrayList<>(path);
              longer.add(word);
              add(below, longer, all);
            });
  }

  private String said(List<String> command, Map<String, String> environment) {
    Synth synth = new Synth(home);
    environment.forEach(synth::with);
    Synth.Ended ended = synth.run(command.toArray(String[]::new));
    assertThat(ended.exit()).as("%s: %s", command, ended.err()).isNotEqualTo(ExitCodes.INTERNAL);
    return ended.all();
  }

  /** What was found where: the place, the variable, the encoding. */
  private List<String> leaks() throws IOException {
    mayGo.put("model", only("OPENAI_API_KEY", "SYNTHLAB_HEADERS", "OPENAI_BASE_URL"));
    mayGo.put("collector", only("PHOENIX_"));
    // A proxy of http addresses sees what passes through it.
    mayGo.put(
        "proxy",
        only("_PROXY", "OPENAI_API_KEY", "SYNTHLAB_HEADERS", "OPENAI_BASE_URL", "PHOENIX_"));
    mayGo.put("database", only("DATABASE_URL", "SYNTHLAB_LEDGER_URL"));
    Set<String> leaks = new TreeSet<>();
    look("model", model.received(), leaks);
    look("collector", collector.received(), leaks);
    look("proxy", proxy.received(), leaks);
    look("database", database.received(), leaks);
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        look(
            home.relativize(file).toString().replaceAll("\\d{5,}", "N"),
            Files.readAllBytes(file),
            leaks);
      }
    }
    return List.copyOf(leaks);
  }

  private Set<String> only(String... parts) {
    return keys.keySet().stream()
        .filter(name -> Arrays.stream(parts).anyMatch(name::contains))
        .collect(Collectors.toSet());
  }

  private void look(String place, byte[] bytes, Set<String> leaks) {
    String latin = new String(bytes, StandardCharsets.ISO_8859_1);
    String utf8 = new String(bytes, StandardCharsets.UTF_8);
    keys.forEach(
        (name, key) -> {
          if (!mayGo.getOrDefault(place, Set.of()).contains(name)) {
            Echo.forms(key)
                .forEach(
                    (encoding, form) -> {
                      if (latin.contains(form) || utf8.contains(form)) {
                        leaks.add(place + ": " + name + ", " + encoding);
                      }
                    });
          }
        });
  }
}
