package dev.synthlab.architecture.planted.batch;

interface Together {}
