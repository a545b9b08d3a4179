package dev.synthlab.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import dev.synthlab.json.Json;
import dev.synthlab.logging.Redactor;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.event.KeyValuePair;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

/** The log layout for programs: one JSON object per line, in ASCII. */
final class JsonLayout extends LayoutBase<ILoggingEvent> {
  // ASCII only: otherwise a C1 control character would reach a terminal unescaped.
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  @Override
  public String doLayout(ILoggingEvent event) {
    StringWriter out = new StringWriter(256);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeStringProperty("timestamp", Instant.ofEpochMilli(event.getTimeStamp()).toString());
      json.writeStringProperty("level", event.getLevel().toString());
      json.writeStringProperty("component", LogEventText.component(event));
      json.writeStringProperty("logger", event.getLoggerName());
      json.writeStringProperty("message", Redactor.redact(event.getFormattedMessage()));
      String exception = LogEventText.exception(event);
      if (!exception.isEmpty()) {
        json.writeStringProperty("exception", exception);
      }
      for (KeyValuePair pair : LogEventText.attributes(event)) {
        writeValue(json, pair);
      }
      writeContext(json, event.getMDCPropertyMap());
      json.writeEndObject();
    }
    return Json.printable(out.toString()) + '\n';
  }

  private static void writeValue(JsonGenerator json, KeyValuePair pair) {
    json.writeName(Redactor.redact(pair.key));
    switch (pair.value) {
      case null -> json.writeNull();
      case Boolean value -> json.writeBoolean(value);
      case Integer value -> json.writeNumber(value);
      case Long value -> json.writeNumber(value);
      default -> json.writeString(Redactor.redact(pair.value.toString()));
    }
  }

  private static void writeContext(JsonGenerator json, Map<String, String> context) {
    if (context.isEmpty()) {
      return;
    }
    json.writeObjectPropertyStart("mdc");
    new TreeMap<>(context)
        .forEach((name, value) -> json.writeStringProperty(name, Redactor.redact(value)));
    json.writeEndObject();
  }
}
