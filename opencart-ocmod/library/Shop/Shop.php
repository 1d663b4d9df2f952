<?php
declare(strict_types=1);

namespace MesChain\Shop;

/** What the library needs of a running OpenCart. One implementation per line of OpenCart; tests have their own. */
interface Shop
{
    public function db(): Db;

    /**
     * A setting of the default store as it is saved, such as "config_currency"; null when there is none. Never what a
     * customer's request made of it: the same product must look the same whoever happens to be served.
     *
     * @return mixed
     */
    public function config(string $name);

    /** The storefront's default language: titles are told, and orders written, in this one. */
    public function languageId(): int;

    public function languageCode(): string;

    /** The orders of the catalog app. Only there: the admin app cannot book. */
    public function orders(): OrderBook;

    /** Where files of ours may lie: OpenCart's DIR_STORAGE. */
    public function storage(): string;

    /** The folder that the web server serves. */
    public function webRoot(): string;

    /** Address of the storefront, with a slash at the end. */
    public function url(): string;

    /** Address of an image by its path below the image folder. */
    public function imageUrl(string $path): string;

    public function log(string $line): void;
}
