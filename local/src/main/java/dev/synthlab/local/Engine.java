package dev.synthlab.local;

import java.util.List;
import java.util.Optional;

/**
 * One loaded model that answers one prompt at a time. Not safe for use by several threads at once:
 * each slot has its own.
 */
interface Engine extends LoadedModel {

  /** How many tokens prompt and answer may have together. */
  int contextSize();

  /** Puts the messages into the form the model was trained on, and gives its tokens. */
  int[] prompt(List<Turn> turns);

  /** Refuses a JSON schema that cannot be turned into a grammar. */
  void check(String schema) throws ErrorResponse;

  /** Starts an answer. It must be read to its last piece or be cancelled before the next one. */
  Run start(int[] prompt, Sampling sampling);

  /** One message of a conversation. */
  record Turn(String role, String content) {}

  /** How the next token is chosen, and when the answer is over. */
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

  /** What came at once: some text, of so many tokens; the last piece ends the answer. */
  record Piece(String text, int tokens, boolean last) {}

  /** An answer in the making. Only the thread that started it may use it. */
  interface Run {
    /** Waits for the next piece; a piece may have no text yet. */
    Piece next();

    /** Ends the answer early; {@link #next} is not called afterwards. */
    void cancel();
  }
}
