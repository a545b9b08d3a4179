package com.openai.client;

/** Stands for the class of that name; the planted service is checked without it. */
public interface OpenAIClient {
  String create(String prompt);
}
