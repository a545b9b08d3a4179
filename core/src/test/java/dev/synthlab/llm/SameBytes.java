package dev.synthlab.llm;

import dev.synthlab.json.JsonSchema;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer.Reply;
import dev.synthlab.test.ScriptedServer.Seen;
import java.net.URI;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;

/** Sends one request of each kind, and prints the bytes of each, keys of the cache, and answers. */
final class SameBytes {
  private SameBytes() {}

  enum Size {
    SMALL,
    MEDIUM,
    LARGE
  }

  record Dog(String name, Size size, LocalDate born, Set<String> toys, List<Dog> puppies) {}

  record Place(String city, String country) {}

  public static void main(String[] args) {
    try (ClientFixture rig = ClientFixture.of((seen, number) -> reply(seen))) {
      LlmClient client = rig.client();
      CompletionRequest text =
          CompletionRequest.of("hi").withSystem("be brief").withTemperature(0.5).withMaxTokens(9);
      JsonSchema schema = JsonSchema.shorthand("name, age int, tags list of str");
      CompletionRequest shaped = text.withFormat(new ResponseFormat.Schema(schema));
      Tool tool = Tool.of("weather", "The weather.", Place.class, place -> place);

      client.ask(text);
      client.stream(text).forEach(delta -> {});
      client.askOutcome(text.asJson());
      ignoring(() -> client.askJson(shaped));
      ignoring(() -> client.ask(text, Dog.class));
      ignoring(() -> client.askJson(CompletionRequest.ofBody(shapedBody(shaped, rig))));
      client.askOutcome(text.withTools(tool));
      client.askOutcome(
          CompletionRequest.of(
              List.of(
                  Message.user("what?", new Part.Image(URI.create("https://example.org/a.png"))),
                  Message.assistant("a fox"),
                  Message.user("sure?"))));
      client.embed(List.of("a", "b"));
      client.generateImage("a fox");

      rig.server.seen().forEach(seen -> System.out.println(seen.path() + " " + seen.body()));
      String last = InternalCalls.of(client).completion(text, true).get().json();
      System.out.println(last);
      // The address is part of the key, and the port is another one for each server.
      rig.with("OPENAI_BASE_URL", "http://127.0.0.1:1/v1");
      System.out.println(CacheKey.of(rig.endpoint(), shaped));
      System.out.println(CacheKey.of(rig.endpoint(), text.withTools(tool)));
    }
  }

  private static java.util.Map<String, Object> shapedBody(
      CompletionRequest shaped, ClientFixture rig) {
    return ChatRequestBody.body(
        shaped, rig.endpoint().model(shaped), ResponseFormatFallback.surest(shaped), false);
  }

  /** The second request of a typed call, which has the violations, belongs to what is compared. */
  private static void ignoring(Runnable call) {
    try {
      call.run();
    } catch (StructuredOutputException e) {
      System.out.println(e.getMessage());
    }
  }

  private static Reply reply(Seen seen) {
    if (seen.path().endsWith("/embeddings")) {
      return Replies.json(
          200, "{\"data\":[{\"index\":0,\"embedding\":[0.5]},{\"index\":1,\"embedding\":[0.5]}]}");
    }
    if (seen.path().contains("/images")) {
      return Replies.json(200, "{\"data\":[{\"b64_json\":\"iVBORw==\"}]}");
    }
    if (seen.body().contains("\"stream\":true")) {
      return Replies.events(Replies.delta("{}"), Replies.finish("stop"), Replies.usage(), "[DONE]");
    }
    if (seen.body().contains("weather") && !seen.body().contains("\"role\":\"tool\"")) {
      return Replies.json(
          200,
          "{\"choices\":[{\"message\":{\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":"
              + "\"weather\",\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\",\\\"country\\\":\\\"N\\\"}\""
              + "}}]},\"finish_reason\":\"tool_calls\"}]}");
    }
    return Replies.chat("{\"nom\":1,\"age\":\"x\",\"toys\":3}");
  }
}
