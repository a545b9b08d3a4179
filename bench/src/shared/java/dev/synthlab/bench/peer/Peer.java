package dev.synthlab.bench.peer;

import java.util.function.Consumer;

/** A client library as a user holds it: defaults everywhere, but for the timeout. */
public interface Peer {

  /**
   * The artifact whose version is shown.
   *
   * @return its name, as its jar begins
   */
  String artifact();

  /**
   * Asks for a whole answer.
   *
   * @param ask where and how
   * @return the text
   * @throws Exception whatever the library throws
   */
  String complete(Ask ask) throws Exception;

  /**
   * Asks for an answer piece by piece; returns when it is over.
   *
   * @param ask where and how
   * @param piece takes each piece as it comes
   * @throws Exception whatever the library throws
   */
  void stream(Ask ask, Consumer<String> piece) throws Exception;

  /**
   * What of the answer an exception carries.
   *
   * @param failure what was thrown
   * @return empty if it carries nothing
   */
  default String kept(Throwable failure) {
    return "";
  }
}
