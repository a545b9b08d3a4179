package consumer;

import dev.synthlab.Synthlab;
import dev.synthlab.call.Budget;
import dev.synthlab.call.CallObserver;
import dev.synthlab.call.TrafficControl;
import dev.synthlab.config.Secret;
import dev.synthlab.config.Settings;
import dev.synthlab.llm.CompletionCache;
import dev.synthlab.llm.LlmClient;
import io.opentelemetry.api.OpenTelemetry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Runs the code of the pages that java_blocks.py has written as classes, block by block. */
final class Pages {
  private Pages() {}

  static void run(String base, OpenTelemetry telemetry) throws ReflectiveOperationException {
    Class<?> page;
    try {
      page = Class.forName("pages.Page_java");
    } catch (ClassNotFoundException e) {
      return; // they are not compiled as modules
    }
    System.setProperty("consumer.base", base);
    List<Method> blocks =
        Arrays.stream(page.getDeclaredMethods())
            .filter(method -> method.getName().matches("block\\d+"))
            .sorted(Comparator.comparingInt(method -> Integer.parseInt(method.getName().substring(5))))
            .toList();
    for (Method block : blocks) {
      runBlock(block, base, telemetry);
    }
    System.out.println("consumer: ran " + blocks.size() + " blocks of docs/java.md");
  }

  /** Each block has clients of its own: some of them close what they are given. */
  private static void runBlock(Method block, String base, OpenTelemetry telemetry)
      throws ReflectiveOperationException {
    Secret key = Secret.of("sk-pages-0123456789abcdef");
    Settings settings = Settings.builder().apiKey(key).baseUrl(base).model("gpt-4o-mini").build();
    try (ExecutorService threads = Executors.newFixedThreadPool(2);
        LlmClient llm = LlmClient.builder().apiKey(key).baseUrl(base).build();
        Synthlab lab = Synthlab.builder().settings(settings).openTelemetry(telemetry).build()) {
      Map<Class<?>, Object> given = new HashMap<>();
      given.put(Secret.class, key);
      given.put(OpenTelemetry.class, telemetry);
      given.put(CallObserver.class, (CallObserver) report -> {});
      given.put(TrafficControl.class, TrafficControl.create());
      given.put(CompletionCache.class, new Cache());
      given.put(Budget.class, Budget.unlimited());
      given.put(LlmClient.class, llm);
      given.put(Synthlab.class, lab);
      given.put(ExecutorService.class, threads);
      Object[] arguments =
          Arrays.stream(block.getParameterTypes()).map(type -> of(given, type)).toArray();
      block.setAccessible(true);
      block.invoke(null, arguments);
    } catch (InvocationTargetException e) {
      throw new AssertionError(block.getName() + " of docs/java.md fails", e.getCause());
    }
  }

  private static Object of(Map<Class<?>, Object> given, Class<?> type) {
    Main.require(given.containsKey(type), "nothing to give for " + type);
    return given.get(type);
  }

  /** Completions in memory. */
  private static final class Cache implements CompletionCache {
    private final Map<String, CachedCompletion> kept = new ConcurrentHashMap<>();

    @Override
    public Optional<CachedCompletion> find(String key) {
      return Optional.ofNullable(kept.get(key));
    }

    @Override
    public void keep(String key, CachedCompletion answer) {
      kept.put(key, answer);
    }

    @Override
    public void close() {}
  }
}
