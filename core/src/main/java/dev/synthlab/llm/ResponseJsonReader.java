package dev.synthlab.llm;

import dev.synthlab.call.AttemptResult;
import dev.synthlab.call.CallMetadata;
import dev.synthlab.call.ErrorBody;
import dev.synthlab.call.Spend;
import dev.synthlab.http.BodyReader;
import dev.synthlab.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a response that is one JSON object, field by field and without a tree: it may be tens of
 * megabytes of numbers.
 *
 * @param fields makes the reader of one response
 */
record ResponseJsonReader<T extends ResponseJsonReader.Counted>(Supplier<Fields<T>> fields)
    implements ResponseReader<PreparedPost, T> {
  private static final int MAX_BYTES = 64 << 20;

  /** The fields of an error that has no field of its own. */
  private static final Set<String> DETAILS =
      Set.of("object", "type", "code", "status", "message", "detail");

  /** An answer that knows its tokens and its model. */
  interface Counted {
    Spend spend(ModelRegistry known, String requestedModel);

    /** The model that the response names, or an empty text. */
    String model();
  }

  /** Reads the fields of one response, one after the other. */
  interface Fields<T> {
    /** The parser is at the value, and is left at the end of the value. */
    void field(String name, JsonParser in, JsonToken value) throws UnusableResponseException;

    /** The answer, after the last field. */
    T whole() throws UnusableResponseException;
  }

  @Override
  public T read(PreparedPost request, AttemptResult.ResponseReceived head)
      throws IOException, UnusableResponseException {
    return read(head.body());
  }

  /** Reads a body and closes it. */
  T read(InputStream bytes) throws IOException, UnusableResponseException {
    BodyReader.Bounded body = new BodyReader.Bounded(bytes, MAX_BYTES);
    try (body) {
      return parsed(body);
    } catch (JacksonIOException e) {
      throw e.getCause() == null ? new IOException(e) : e.getCause();
    } catch (JacksonException e) {
      throw UnusableResponseException.notJson(e, body.beginning());
    }
  }

  private T parsed(BodyReader.Bounded body) throws UnusableResponseException {
    Fields<T> answer = fields.get();
    ObjectNode scalars = Json.mapper().createObjectNode();
    try (JsonParser in = Json.mapper().createParser(body)) {
      JsonToken root = in.nextToken();
      if (root != JsonToken.START_OBJECT) {
        if (root == JsonToken.START_ARRAY) {
          refuse(ErrorBody.in(JsonFields.tree(in)), body);
        }
        throw new StreamReadException(in, "not a JSON object");
      }
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        String field = in.currentName();
        JsonToken value = in.nextToken();
        if (field.equals("error") || field.equals("errors")) {
          refuse(JsonFields.error(in), body);
        } else if (DETAILS.contains(field) && value.isScalarValue()) {
          scalars.set(field, JsonFields.tree(in));
        } else {
          answer.field(field, in, value);
        }
      }
      if (in.nextToken() != null) {
        throw new StreamReadException(in, "text after the JSON object");
      }
      return answer.whole();
    } catch (UnusableResponseException e) {
      if (e.error().isEmpty()) {
        refuse(ErrorBody.in(scalars), body);
      }
      throw e.body().isEmpty() ? e.withBody(body.beginning()) : e;
    }
  }

  private static void refuse(Optional<ErrorBody> error, BodyReader.Bounded body)
      throws UnusableResponseException {
    if (error.isPresent()) {
      throw new UnusableResponseException("an error", body.beginning(), error);
    }
  }

  @Override
  public Spend spend(PreparedPost request, T value) {
    return value.spend(request.known(), request.route().resource());
  }

  @Override
  public CallMetadata.AnswerMetadata metadata(PreparedPost request, T value) {
    return CallMetadata.AnswerMetadata.by(
        Optional.of(value.model()).filter(model -> !model.isEmpty()),
        Optional.empty(),
        request.known().prices(spend(request, value)));
  }
}
