package dev.synthlab.architecture.planted.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.PolymorphicTypeValidator;

final class ReadsObjects {
  private ReadsObjects() {}

  static Object object(InputStream bytes) throws IOException, ClassNotFoundException {
    return new ObjectInputStream(bytes).readObject();
  }

  static JsonMapper typed(PolymorphicTypeValidator all) {
    return JsonMapper.builder().activateDefaultTyping(all).build();
  }
}
