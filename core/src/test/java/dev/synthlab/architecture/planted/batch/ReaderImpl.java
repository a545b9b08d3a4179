package dev.synthlab.architecture.planted.batch;

interface ReaderImpl {}
