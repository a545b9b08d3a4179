package dev.synthlab.local;

import dev.synthlab.config.Settings;
import dev.synthlab.http.Transport;
import dev.synthlab.http.TransportProvider;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/**
 * Serves {@code local:///smollm2-135m}: a small model in the process, for trying out and for tests.
 * Its weights are fetched at the first use, see {@link Weights}.
 */
public final class LocalTransportProvider implements TransportProvider {
  private static final String DEFAULT_MODEL = "smollm2-135m";
  // Beyond so many threads a model small enough for this place only waits for itself.
  private static final int MAX_THREADS = 8;

  private final Weights.Progress progress;

  /** For {@link java.util.ServiceLoader}: says in the log how a fetch of the weights goes. */
  public LocalTransportProvider() {
    this(new LoggedProgress());
  }

  /**
   * One that tells how a fetch of the weights goes.
   *
   * @param progress hears of it, on the thread that fetches
   */
  public LocalTransportProvider(Weights.Progress progress) {
    this.progress = progress;
  }

  @Override
  public String scheme() {
    return "local";
  }

  @Override
  public int concurrency(Settings settings) {
    return settings.local().slots();
  }

  @Override
  public Transport open(Settings settings) {
    Settings.Local local = settings.local();
    int cores = Runtime.getRuntime().availableProcessors();
    // One core stays for the rest: threads that share a token wait for each other by spinning.
    int threads = Math.clamp((cores - 1) / local.slots(), 1, MAX_THREADS);
    EnginePool<Engine> chat =
        new EnginePool<>(
            "synthlab-local",
            local.slots(),
            () -> LlamaEngine.load(Weights.ensure(local, progress), local.cache(), threads));
    EnginePool<Embedder> embedding =
        new EnginePool<>(
            "synthlab-local-vectors",
            1,
            () -> LlamaEmbedder.load(Weights.ensure(local, progress), local.cache(), threads));
    EngineFactory engines = new EngineFactory(chat, embedding);
    return new LocalTransport(name(local.model()), local.maxTokens(), engines, Clock.systemUTC());
  }

  private static String name(Optional<Path> file) {
    return file.map(path -> path.getFileName().toString().replaceFirst("(?i)\\.gguf$", ""))
        .orElse(DEFAULT_MODEL);
  }
}
