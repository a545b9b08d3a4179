package dev.synthlab.architecture.planted.call;

interface ExampleSnippet {
  InternalType internal();
}
