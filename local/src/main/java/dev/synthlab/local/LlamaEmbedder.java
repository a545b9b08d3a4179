package dev.synthlab.local;

import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import de.kherud.llama.args.PoolingType;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The embedder over llama.cpp in this process.
 *
 * <p>For a model without a pooling type the vector is that of the last token, which depends on all
 * others. The mean would be better, but the native library ends the process when it is set for a
 * chat model, and also for a text without a token. By default it returns the vector of the first
 * token, which depends on no other.
 */
final class LlamaEmbedder implements Embedder {
  /** A text is read in one batch; the memory for it grows with the maximum length. */
  private static final int MAX_TOKENS = 512;

  private final LlamaModel model;
  private final int maxTokens;

  private LlamaEmbedder(LlamaModel model, int maxTokens) {
    this.model = model;
    this.maxTokens = maxTokens;
  }

  /** Loads a model file; its weights are shared with other engines of the same file. */
  static LlamaEmbedder load(Path weights, Path cache, int threads) {
    NativeLibrary.load(cache);
    try {
      Gguf file = Gguf.read(weights);
      int max = file.contextLength() > 0 ? Math.min(MAX_TOKENS, file.contextLength()) : MAX_TOKENS;
      ModelParameters parameters =
          new ModelParameters()
              .setModel(weights.toString())
              .setCtxSize(max)
              .setBatchSize(max)
              .setUbatchSize(max)
              .setParallel(1)
              .setThreads(threads)
              .setThreadsBatch(threads)
              .enableEmbedding()
              .skipWarmup()
              .disableLog();
      if (!file.pools()) {
        parameters.setPoolingType(PoolingType.LAST);
      }
      return new LlamaEmbedder(new LlamaModel(parameters), max);
    } catch (IOException | RuntimeException e) {
      // The library's own exception is not public.
      throw new EngineException("the model " + weights + " cannot be loaded", e);
    }
  }

  @Override
  public int maxTokens() {
    return maxTokens;
  }

  @Override
  public int tokens(String text) {
    return model.encode(text).length;
  }

  @Override
  public float[] embed(String text) {
    try {
      return model.embed(text);
    } catch (RuntimeException e) {
      // The library's own exception is not public.
      throw new EngineException("the embedded model failed: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
