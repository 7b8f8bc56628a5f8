<?php
// Renders templates with PHP's Twig: a JSON string per line in, its output or error per line out.
error_reporting(0);
ini_set('precision', '14');
ini_set('serialize_precision', '-1');
ini_set('memory_limit', '512M');
date_default_timezone_set('UTC');
require 'Twig/autoload.php';
$data = json_decode(file_get_contents($argv[1]), true);
while (($line = fgets(STDIN)) !== false) {
    $loader = new \Twig\Loader\ArrayLoader(['t' => json_decode($line), 'other' => $data['other']]);
    $env = new \Twig\Environment($loader, ['strict_variables' => true, 'cache' => false]);
    try {
        $answer = ['out' => base64_encode($env->render('t', $data['vars']))];
    } catch (\Throwable $e) {
        $answer = ['error' => base64_encode($e->getMessage())];
    }
    echo json_encode($answer), "\n";
}
