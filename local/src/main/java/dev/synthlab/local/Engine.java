package dev.synthlab.local;

import java.util.List;
import java.util.Optional;

/**
 * A loaded model that completes one prompt at a time. For one thread: each slot has its own engine.
 */
interface Engine extends LoadedModel {

  /** The maximum number of tokens of prompt and answer together. */
  int contextSize();

  /** The tokens of the messages in the chat template of the model. */
  int[] prompt(List<Turn> turns);

  /** Refuses a JSON schema that cannot be converted to a grammar. */
  void check(String schema) throws ErrorResponse;

  /** Starts an answer. It must be read to its end or be cancelled before the next one. */
  Run start(int[] prompt, Sampling sampling);

  /** One message of a conversation. */
  record Turn(String role, String content) {}

  /** The sampling of tokens, and the end of the answer. */
  record Sampling(
      double temperature,
      double topP,
      Optional<Integer> seed,
      List<String> stops,
      int maxTokens,
      Optional<String> schema) {

    public Sampling {
      stops = List.copyOf(stops);
    }

    Sampling withMaxTokens(int tokens) {
      return new Sampling(temperature, topP, seed, stops, tokens, schema);
    }
  }

  /** A delta of the answer: some text and its number of tokens; the last one ends the answer. */
  record Piece(String text, int tokens, boolean last) {}

  /** An answer that is being generated. For the thread that started it. */
  interface Run {
    /** Waits for the next delta, which may have no text. */
    Piece next();

    /** Ends the answer early; {@link #next} is not called afterwards. */
    void cancel();
  }
}
