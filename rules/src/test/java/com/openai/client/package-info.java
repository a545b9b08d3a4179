/** Stands for a library. */
package com.openai.client;
