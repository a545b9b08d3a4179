package dev.synthlab.local;

import dev.synthlab.config.Settings;
import dev.synthlab.http.Transport;
import dev.synthlab.http.TransportProvider;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/**
 * Provides the transport to {@code local:///smollm2-135m}, a small model in this process for first
 * steps and for tests. Its weights are downloaded at the first use, see {@link Weights}.
 */
public final class LocalTransportProvider implements TransportProvider {
  private static final String DEFAULT_MODEL = "smollm2-135m";
  // More threads do not make a model of this size faster.
  private static final int MAX_THREADS = 8;

  private final Weights.Progress progress;

  /**
   * For {@link java.util.ServiceLoader}: the progress of the download goes to the log, or to
   * standard error if no logger is bound to SLF4J.
   */
  public LocalTransportProvider() {
    this(new ProgressLog());
  }

  /**
   * A provider that reports the progress of the download.
   *
   * @param progress gets the progress, on the thread that downloads
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
    // One core stays free: the threads of one token wait for each other by spinning.
    int threads = Math.clamp((cores - 1) / local.slots(), 1, MAX_THREADS);
    EnginePool<Engine> chat =
        new EnginePool<>(
            "synthlab-local",
            local.slots(),
            () -> LlamaEngine.load(Weights.ensure(settings, progress), local.cache(), threads));
    EnginePool<Embedder> embedding =
        new EnginePool<>(
            "synthlab-local-vectors",
            1,
            () -> LlamaEmbedder.load(Weights.ensure(settings, progress), local.cache(), threads));
    EngineFactory engines = new EngineFactory(chat, embedding);
    return new LocalTransport(name(local.model()), local.maxTokens(), engines, Clock.systemUTC());
  }

  private static String name(Optional<Path> file) {
    return file.map(path -> path.getFileName().toString().replaceFirst("(?i)\\.gguf$", ""))
        .orElse(DEFAULT_MODEL);
  }
}
