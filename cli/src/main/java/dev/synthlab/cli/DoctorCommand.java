package dev.synthlab.cli;

import dev.synthlab.Synthlab;
import dev.synthlab.call.CallException;
import dev.synthlab.call.Outcome;
import dev.synthlab.cli.DoctorCheck.State;
import dev.synthlab.config.Settings;
import dev.synthlab.config.Variable;
import dev.synthlab.json.Json;
import dev.synthlab.llm.Completion;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.InternalCalls;
import dev.synthlab.local.Weights;
import dev.synthlab.trace.PhoenixTracing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks whether everything a run needs is there, and says what to do where it is not. */
@Command(
    name = "doctor",
    header = "Check key, network, endpoint, embedded model and output directory.",
    footer = {
      "",
      "Examples:",
      "  synthlab doctor",
      "  synthlab doctor --live     # also asks the model for one token",
      "  synthlab doctor --json",
      "",
      "Exit: 0 all well, 4 something is wrong."
    })
final class DoctorCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Mixin private ModelOptions common = new ModelOptions();

  @Option(names = "--json", description = "One JSON object on stdout.")
  private boolean json;

  @Option(names = "--live", description = "Ask the model for one token; this may cost money.")
  private boolean live;

  private final List<DoctorCheck> findings = new ArrayList<>();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Settings settings = common.settings();
    ignored(settings.environment().ignored());
    add(State.OK, "model", settings.llm().model(), origin(Variable.SYNTHLAB_DEFAULT_MODEL));
    if (settings.local().chosen()) {
      add(State.OK, "key", "none needed for the embedded model", "");
    } else {
      key(settings);
    }
    localModel(settings);
    directory(settings);
    if (!settings.local().chosen()) {
      network(settings);
      endpoint(settings);
    }
    if (settings.trace().on()) {
      traces(settings);
    }
    if (live) {
      live(settings);
    }
    report();
    boolean wrong = findings.stream().anyMatch(f -> f.state() == State.FAIL);
    return wrong ? ExitCodes.CONFIGURATION : ExitCodes.OK;
  }

  private void ignored(List<String> names) {
    if (!names.isEmpty()) {
      add(
          State.NOTE,
          ".env",
          "ignored: " + String.join(", ", names),
          "a .env may not set this; use --env-file .env if it is yours and meant so");
    }
  }

  private void key(Settings settings) {
    Settings.Llm llm = settings.llm();
    if (llm.key().isPresent()) {
      String shown = llm.keyName() + " " + llm.key().get().lastFour();
      add(State.OK, "key", shown, origin(Variable.OPENAI_API_KEY));
    } else if ("api.openai.com".equals(llm.baseUrl().getHost())) {
      add(
          State.FAIL,
          "key",
          llm.keyName() + " is not set",
          "set it, or use --local, or point OPENAI_BASE_URL at a server that needs none");
    } else {
      add(State.NOTE, "key", "none; " + llm.baseUrl().getAuthority() + " gets none", "");
    }
  }

  private void network(Settings settings) throws InterruptedException {
    try (NetworkChecks checks = new NetworkChecks(settings, PATIENCE)) {
      checks.told().forEach(findings::add);
      if (!keyIsMissing()) {
        checks.tried().forEach(findings::add);
      }
    }
  }

  private boolean keyIsMissing() {
    return findings.stream().anyMatch(f -> f.what().equals("key") && f.state() == State.FAIL);
  }

  private void endpoint(Settings settings) {
    if (keyIsMissing()) {
      add(State.NOTE, "endpoint", settings.llm().baseUrl().toString(), "not asked: no key");
      return;
    }
    try (Synthlab layer = Synthlab.of(settings)) {
      Outcome<String> models = InternalCalls.of(layer.llm()).models(PATIENCE);
      String place = settings.llm().baseUrl().toString();
      switch (models) {
        case Outcome.Answered<String> ok -> {
          boolean listed = ok.value().contains('"' + settings.llm().model() + '"');
          add(
              listed ? State.OK : State.NOTE,
              "endpoint",
              place + " answers in " + ok.report().elapsed().toMillis() + " ms",
              listed ? "" : "it does not list the model " + settings.llm().model());
        }
        case Outcome.Failed<String> failed ->
            add(
                failed.reason() instanceof CallException.NotFound ? State.NOTE : State.FAIL,
                "endpoint",
                place + ": " + failed.reason().getMessage(),
                advice(failed.reason()));
      }
    }
  }

  private void traces(Settings settings) {
    String place = settings.trace().place().address().toString();
    String how = settings.trace().place().protocol().word();
    PhoenixTracing.unreachable(settings, PATIENCE)
        .ifPresentOrElse(
            reason ->
                add(
                    State.FAIL,
                    "traces",
                    place + ": " + reason,
                    "check PHOENIX_COLLECTOR_ENDPOINT and PHOENIX_API_KEY, and that Phoenix runs"),
            () -> add(State.OK, "traces", place + " takes spans by " + how, ""));
  }

  private static String advice(CallException reason) {
    return switch (reason) {
      case CallException.Authentication e -> "check the key and whom it belongs to";
      case CallException.NotFound e ->
          "no model list here; calls may work all the same if the address is right";
      case CallException.TlsFailed e ->
          "check address and clock; SYNTHLAB_CA_FILE takes an authority of your own";
      case CallException.ConnectionFailed e ->
          "check the address and the proxy, and that the server runs";
      case CallException.DeadlineExceeded e -> "the server or a firewall is silent";
      case CallException.QuotaExceeded e -> "the account has no money left";
      default -> "see the server's own log";
    };
  }

  private void localModel(Settings settings) {
    try {
      Optional<Path> file = Weights.present(settings.local());
      if (file.isPresent()) {
        add(State.OK, "local", file.get().toString(), "");
      } else {
        add(
            settings.local().chosen() ? State.NOTE : State.OK,
            "local",
            "not fetched yet",
            "--local fetches 98 MB at its first use");
      }
    } catch (IOException e) {
      add(State.FAIL, "local", String.valueOf(e.getMessage()), "mend or remove that file");
    }
  }

  private void directory(Settings settings) {
    Path wanted = settings.paths().outputDirectory().toAbsolutePath();
    Path existing = wanted;
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (existing == null || !Files.isDirectory(existing) || !writable(existing)) {
      add(State.FAIL, "output", wanted + " cannot be written", "set SYNTHLAB_OUTPUT_DIR");
    } else {
      add(State.OK, "output", wanted.toString(), existing.equals(wanted) ? "" : "made on need");
    }
  }

  private static boolean writable(Path directory) {
    try {
      Files.delete(Files.createTempFile(directory, ".synthlab", ".probe"));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void live(Settings settings) throws IOException, InterruptedException {
    LocalWeights.ensure(settings, common.quiet());
    try (Synthlab layer = Synthlab.of(settings)) {
      CompletionRequest one = CompletionRequest.of("Say hello.").withMaxTokens(1);
      switch (layer.llm().askOutcome(one)) {
        case Outcome.Answered<Completion> ok ->
            add(
                State.OK,
                "answer",
                ok.value().respondedModel() + " in " + ok.report().elapsed().toMillis() + " ms",
                "");
        case Outcome.Failed<Completion> failed ->
            add(State.FAIL, "answer", failed.reason().getMessage() + "", advice(failed.reason()));
      }
    }
  }

  private String origin(Variable variable) {
    return common.environment().origin(variable).describe();
  }

  private void add(State state, String what, String found, String advice) {
    findings.add(new DoctorCheck(state, what, found, advice));
  }

  private void report() {
    if (json) {
      List<Map<String, String>> all = new ArrayList<>();
      for (DoctorCheck check : findings) {
        Map<String, String> one = new LinkedHashMap<>();
        one.put("check", check.what());
        one.put("state", check.state().name().toLowerCase(java.util.Locale.ROOT));
        one.put("found", check.found());
        one.put("advice", check.advice());
        all.add(one);
      }
      Main.stdout().println(Json.line(Map.of("checks", all)));
    } else {
      for (DoctorCheck f : findings) {
        String advice = f.advice().isEmpty() ? "" : " -> " + f.advice();
        Main.stdout().printf("%s  %-8s  %s%s%n", f.state().shown(), f.what(), f.found(), advice);
      }
    }
    Main.stdout().flush();
  }
}
